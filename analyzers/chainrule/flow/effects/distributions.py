"""Methods of torch.distributions: `sample()` has no graph, `rsample()` is reparametrised."""

from __future__ import annotations

import ast

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Instance, Tensor, Value
from chainrule.gradient_facts import lookup

_SAMPLES = frozenset(("sample", "sample_n"))
# Location-scale families: log_prob of an own reparametrised sample does not depend on the location.
_LOCATED = frozenset(("Normal", "Laplace", "Cauchy", "Gumbel", "MultivariateNormal"))


def call_distribution(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)` for a distribution `owner`."""
    parameters = interp.nodes(owner.arguments.values())
    if name in _SAMPLES:
        gate = interp.gate(Cause.SAMPLING, at)
        known = lookup(f"{owner.external}.rsample") is not None
        tags = frozenset({"rsample"}) if known else frozenset()
        return Tensor(interp.node("sample", at, [(node, gate) for node in parameters], tags=tags))
    if name == "rsample":
        drawn = Tensor(interp.node("rsample", at, [(node, None) for node in parameters]))
        interp.put(owner.attributes, "<sample>", drawn)
        return drawn
    if name in ("expand", "to_event"):
        return owner
    values = interp.nodes([*arguments, *keywords.values()])
    edges: list[Edge] = [(node, None) for node in [*parameters, *values]]
    drawn_before = owner.attributes.get("<sample>")
    if name == "log_prob" and isinstance(drawn_before, Tensor):
        located = owner.external.rpartition(".")[2] in _LOCATED
        if located and any(node is drawn_before.node for node in values):
            edges = _own_sample(interp, owner, drawn_before, at)
    if name in ("mean", "variance", "stddev", "entropy", "perplexity", "cdf", "icdf", "log_prob"):
        return Tensor(interp.node(name, at, edges, within=bounds.of_call(name, bounds.ANY)))
    return Tensor(interp.node(name, at, edges))


def _own_sample(interp: Interpreter, owner: Instance, drawn: Tensor, at: ast.AST) -> list[Edge]:
    location = owner.arguments.get("0") or owner.arguments.get("loc")
    others = [value for key, value in owner.arguments.items() if key not in ("0", "loc")]
    gate = interp.gate(Cause.DEGENERATE, at, zero=True, note="own sample")
    edges: list[Edge] = [(node, None) for node in interp.nodes(others)]
    if location is not None:
        edges.extend((node, gate) for node in interp.nodes([location]))
    edges.append((drawn.node, gate))
    return edges
