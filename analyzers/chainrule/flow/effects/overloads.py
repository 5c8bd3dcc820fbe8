"""Which overload of an operator a call means, and its arguments by name."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.flow.core.values import Const, Tensor, Value
from chainrule.gradient_facts import Operator


def bind(
    operator: Operator, arguments: list[Value], keywords: Mapping[str, Value]
) -> tuple[Operator, dict[str, Value]]:
    """The overload that fits the call, and its arguments by name."""
    best = operator
    if operator.overloads:
        best_score = -1
        for candidate in (operator, *operator.overloads):
            score = _fit(candidate, _taken(candidate, arguments), keywords)
            if score > best_score:
                best, best_score = candidate, score
    bound: dict[str, Value] = {}
    names = best.arguments
    for index, value in enumerate(_taken(best, arguments)):
        last = names[best.positional - 1] if 0 < best.positional <= len(names) else f"argument{index}"
        name = names[index] if index < best.positional else last
        if name in bound:
            name = f"{name}{index}"
        bound[name] = value
    bound.update(keywords)
    for condition in best.conditions:
        given = bound.get(condition.argument)
        # A mode that is the default of an argument is what most calls get.
        if (
            isinstance(given, Const)
            and (given.known or isinstance(given.value, str))
            and repr(given.value) == condition.value
        ):
            return best.given(condition.argument, condition.value), bound
    return best, bound


def _taken(operator: Operator, arguments: list[Value]) -> list[Value]:
    """The arguments of a call without what is too many: `*pair` is spread to as many as may be taken."""
    spread = len(arguments) > 2 and all(each is arguments[-1] for each in arguments[-3:])
    return arguments[: operator.positional] if spread and operator.positional > 1 else arguments


def _fit(candidate: Operator, arguments: list[Value], keywords: Mapping[str, Value]) -> int:
    if len(arguments) > candidate.positional and candidate.positional < 8 and candidate.arguments:
        last = candidate.arguments[min(candidate.positional, len(candidate.arguments)) - 1]
        if last not in ("size", "dims", "dim", "shape", "sizes", "repeats"):
            return 0
    score = 10 - abs(len(candidate.arguments) - len(arguments) - len(keywords)) // 4
    for name, value in zip(candidate.arguments, arguments, strict=False):
        if isinstance(value, Tensor):
            score += 2 if name in candidate.tensors else -3
        elif name in candidate.tensors and isinstance(value, Const):
            score -= 1
        elif name in ("dim", "axis") and isinstance(value, Const) and isinstance(value.value, float):
            score -= 5  # `torch.max(x, 0.0)` compares, whatever that raises
    score += sum(3 if name in candidate.arguments else -4 for name in keywords)
    return score
