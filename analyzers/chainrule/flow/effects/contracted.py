"""What `einsum` and products of several matrices save: the operands themselves, unless these are copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainrule.flow.core.graph import Saved
from chainrule.flow.core.saving import saved
from chainrule.flow.core.values import Const, Seq, Tensor, Value

# What a letter is in besides its operand: the other and the result, only the other, only the result.
_KINDS = ((True, True), (True, False), (False, True))


def saved_operands(name: str, bound: Mapping[str, Value], listed: str) -> Iterator[Saved]:
    """The operands that backward reads, `listed` under one name, or given one by one.

    `einsum` multiplies matrices: an operand of which it has to bring apart letters together is copied first,
    and one with a letter that nothing else has is summed over that.
    """
    first = bound.get(listed)
    given = (
        list(first.items) if isinstance(first, Seq) else [v for k, v in bound.items() if _is_one(k, listed)]
    )
    operands = [each for each in given if isinstance(each, Tensor)]
    if len(operands) < len(given) or len(operands) < 2:
        return
    letters = _letters(bound.get("equation"), len(operands)) if name == "einsum" else None
    if name == "einsum" and (letters is None or len(operands) > 2):
        return
    for index, each in enumerate(operands):
        if letters is None or _is_view(letters, index):
            yield saved(each, operands[1 - index].node if len(operands) == 2 else None)


def _is_one(name: str, listed: str) -> bool:
    """Whether an argument is one of those that are given one by one: `tensors`, `tensors2`."""
    return name.startswith(listed) and name[len(listed) :].strip("0123456789") == ""


def _letters(equation: Value | None, count: int) -> list[str] | None:
    """The letters of each operand, and of the result; None where they are not all written down."""
    if not isinstance(equation, Const) or not equation.known or not isinstance(equation.value, str):
        return None
    operands, arrow, result = equation.value.replace(" ", "").partition("->")
    found = [*operands.split(","), result]
    return found if arrow and "." not in operands and len(found) == count + 1 else None


def _is_view(letters: list[str], index: int) -> bool:
    """Whether the matrix that an operand is multiplied as is a view of it."""
    own, other, result = letters[index], letters[1 - index], letters[-1]
    groups = ["".join(kind for kind in own if (kind in other, kind in result) == key) for key in _KINDS]
    return sum(map(len, groups)) == len(own) and all(group in own for group in groups)
