"""What follows from settings: a question about what has a default has an answer by default."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.flow.core.values import Const, Default, Setting


def are_settled(values: Sequence[Const]) -> bool:
    """Whether something is known of all `values`, if only what they are by default."""
    return all((value.known or isinstance(value, Setting)) and not value.data for value in values)


def is_settable(value: Const) -> bool:
    """Whether `value` is a real number that somebody may set, and keeps to its default as often as not.

    What follows from how many there are of something does not: nobody leaves that as it is.
    """
    if not isinstance(value, Setting) or not isinstance(value.value, float):
        return False
    return all(type(each.value) is not int for each in value.defaults)


def answer(values: Sequence[Const], result: object) -> Const:
    """`result`, which follows from `values`: as certain as the least certain of them."""
    defaults: dict[Default, None] = {}
    for value in values:
        if isinstance(value, Setting):
            defaults.update(dict.fromkeys(value.defaults))
    if not defaults:
        return Const(result)
    return Setting(result, tuple(defaults), all(value.known for value in values))
