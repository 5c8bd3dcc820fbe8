"""What users are told about one operator."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.gradient_facts._lookup import lookup, names
from chainrule.gradient_facts._names import SYMBOLS
from chainrule.gradient_facts._overlay import MODULES
from chainrule.gradient_facts.operators import Operator, Output


@dataclass(frozen=True, slots=True)
class Explanation:
    operator: str
    """The public name: `torch.topk`, `torch.nn.functional.one_hot`, `torch.Tensor.item`."""
    outputs: tuple[Output, ...]
    source: str
    notes: tuple[str, ...] = ()
    """One sentence each: inputs unlike the rest, values kept for backward, arguments that matter."""


def explain(name: str) -> Explanation | None:
    """The explanation of an operator in any spelling `lookup` takes; None if it is unknown."""
    operator = lookup(name)
    if operator is not None and operator.builds is not None:
        operator = lookup(operator.builds)
    if operator is None:
        return None
    return Explanation(_public(operator.name), operator.outputs, operator.source, tuple(_notes(operator)))


def nearest(name: str, count: int = 3) -> tuple[str, ...]:
    """Known names that a misspelt one may mean, as users write them, best first."""
    from difflib import get_close_matches  # slow to import, and only a typo needs it

    bare = name.removeprefix("torch.").removeprefix("Tensor.").replace("F.", "nn.functional.", 1)
    known = {*names(), *SYMBOLS}
    by_last = {key.rpartition(".")[2]: key for key in known}
    close = get_close_matches(bare, known, count) or get_close_matches(
        bare.rpartition(".")[2], by_last, count
    )
    return tuple(_public(match if match in known else by_last[match]) for match in close)


def _public(name: str) -> str:
    beside_torch = ("builtins", "math", "copy", "operator", "functools", "einops", "opt_einsum", *MODULES)
    return name if name in SYMBOLS or name.partition(".")[0] in beside_torch else f"torch.{name}"


def _notes(operator: Operator) -> list[str]:
    notes = []
    for names_, what in (
        (operator.nondifferentiable, "gets no gradient"),
        (operator.zero, "gets a zero gradient"),
        (operator.raising, "has no derivative: backward raises if it requires grad"),
    ):
        if names_ and names_ != operator.tensors:
            notes += [f"`{name}` {what}." for name in operator.arguments if name in names_]
    saved = [f"`{name}`" for name in operator.arguments if name in operator.saves]
    saved += [f"the result `{output.name}`" for output in operator.outputs if output.saved]
    if saved:
        notes.append(f"Backward needs {', '.join(saved)}: changing it in place makes backward raise.")
    for condition in operator.conditions:
        gradients = ", ".join(f"{output.name} {output.gradient.value}" for output in condition.outputs)
        notes.append(f"With {condition.argument}={condition.value}: {gradients}.")
    return notes
