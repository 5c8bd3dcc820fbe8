"""What follows from settings: a question about what has a default has an answer by default."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.flow.core.values import Const, Default, Setting


def are_settled(values: Sequence[Const]) -> bool:
    """Whether something is known of all `values`, if only what they are by default."""
    return all((value.known or isinstance(value, Setting)) and not value.data for value in values)


def answer(values: Sequence[Const], result: object) -> Const:
    """`result`, which follows from `values`: as certain as the least certain of them."""
    defaults: dict[Default, None] = {}
    for value in values:
        if isinstance(value, Setting):
            defaults.update(dict.fromkeys(value.defaults))
    if not defaults:
        return Const(result)
    return Setting(result, tuple(defaults), all(value.known for value in values))
