"""What users are told about one operator."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.gradient_facts._lookup import lookup, names
from chainrule.gradient_facts._names import SYMBOLS
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
    return Explanation(_public(operator), operator.outputs, operator.source, tuple(_notes(operator)))


def nearest(name: str, count: int = 3) -> tuple[str, ...]:
    """Known names that a misspelt one may mean, best first."""
    from difflib import get_close_matches  # slow to import, and only a typo needs it

    bare = name.removeprefix("torch.").removeprefix("Tensor.").replace("F.", "nn.functional.", 1)
    known = {*names(), *SYMBOLS}
    by_last = {key.rpartition(".")[2]: key for key in known}
    close = get_close_matches(bare, known, count) or get_close_matches(
        bare.rpartition(".")[2], by_last, count
    )
    return tuple(by_last.get(match, match) if match not in known else match for match in close)


def _public(operator: Operator) -> str:
    root = operator.name.partition(".")[0]
    if root in ("builtins", "math", "copy", "operator", "functools", "einops", "opt_einsum"):
        return operator.name
    return f"torch.{operator.name}"


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
