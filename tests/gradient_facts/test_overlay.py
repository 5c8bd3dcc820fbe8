"""Every fact written by hand is run: its expression must give what the fact says."""

from __future__ import annotations

import copy
import functools
import importlib
import math
import operator
from typing import Any

import pytest
import torch

from chainrule.gradient_facts import Gradient, Operator, lookup
from chainrule.gradient_facts._overlay import CONDITIONS, FACTS, MODULES
from gradient_facts.autograd_watch import outputs, through

pytestmark = pytest.mark.filterwarnings("ignore")
LIBRARIES = {
    "np": "numpy",
    "scipy": "scipy.ndimage",
    "sklearn": "sklearn.metrics",
    "torchvision": "torchvision.ops",
}
LIBRARIES |= {name: name for name in ("einops", "opt_einsum", "torchmetrics")}


def values() -> tuple[dict[str, Any], list[torch.Tensor]]:
    """The names that expressions may use, and the leaves behind them."""
    torch.manual_seed(3)
    shapes = {"x": (4,), "y": (4,), "m": (4, 4), "image": (1, 2, 4, 4)}
    leaves = {
        name: (torch.rand(shape, dtype=torch.float64) * 0.8 + 0.1).requires_grad_()
        for name, shape in shapes.items()
    }
    leaves["grid"] = (torch.rand(1, 3, 3, 2, dtype=torch.float64) - 0.5).requires_grad_()
    names: dict[str, Any] = {name: leaf.clone() for name, leaf in leaves.items()}
    names["s"] = names["x"].sum() / 4
    names["t"] = torch.tensor([0, 2, 1])
    return names, list(leaves.values())


def evaluate(expression: str) -> list[Gradient]:
    names, leaves = values()
    root = expression.partition(".")[0]
    if root in LIBRARIES:
        module = pytest.importorskip(LIBRARIES[root])
        names[root] = importlib.import_module(LIBRARIES[root].partition(".")[0]) and module
        if "." in LIBRARIES[root]:
            names[root] = importlib.import_module(root)
    known = {"torch": torch, "math": math, "copy": copy, "functools": functools, "operator": operator}
    result = eval(expression, known | names)
    if isinstance(result, torch.Tensor | list):
        result = [flat(result)] if isinstance(result, list) else result
    return [through(output, leaves) for output in outputs(result)]


def flat(items: list[Any]) -> list[Any]:
    return [t for item in items for t in (flat(list(item)) if isinstance(item, list | tuple) else [item])]


@pytest.mark.parametrize("name", [name for name, fact in FACTS.items() if fact.evidence])
def test_expression_gives_what_the_fact_says(name: str) -> None:
    fact = lookup(name)
    assert fact is not None
    told = [output.gradient for output in fact.outputs]
    assert evaluate(FACTS[name].evidence)[: len(told)] == told


@pytest.mark.parametrize("name", [name for name, fact in MODULES.items() if fact.evidence])
def test_nothing_comes_back_from_other_libraries(name: str) -> None:
    assert evaluate(MODULES[name].evidence) == [Gradient.CUT]
    found = lookup(f"{name}.anything.at_all")
    assert found is not None and found.gradient is Gradient.CUT


@pytest.mark.parametrize(
    ("name", "position"), [(name, i) for name, group in CONDITIONS.items() for i in range(len(group))]
)
def test_argument_changes_what_the_operator_does(name: str, position: int) -> None:
    condition, evidence = CONDITIONS[name][position]
    fact = lookup(name)
    assert fact is not None
    under = fact.given(condition.argument, condition.value)
    assert under != fact
    assert evaluate(evidence) == [output.gradient for output in under.outputs]
    for argument in under.zero - fact.zero:
        names, leaves = values()
        result = eval(evidence, {"torch": torch} | names)
        leaf = leaves[["x", "y", "m", "image", "grid"].index(argument)]
        assert through(result, [leaf]) is Gradient.ZERO


@pytest.mark.parametrize("kind", ["Tensor", "FloatTensor", "as_tensor", "asarray"])
def test_a_list_of_tensors_is_copied(kind: str) -> None:
    fact = lookup(f"torch.{kind}")
    assert isinstance(fact, Operator)
    assert fact.given("data", "[...]").gradient is Gradient.CUT
    assert evaluate(f"torch.{kind}([s, s])") == [Gradient.CUT]
