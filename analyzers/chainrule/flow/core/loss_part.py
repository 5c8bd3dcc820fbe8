"""Which part of what a function returns is its loss: `{"loss": loss, …}`, one of `return loss, logits`."""

from __future__ import annotations

import ast

from chainrule.flow.core.values import Instance, Map, Seq, Tensor, Value
from chainrule.flow.core.words import words
from chainrule.syntax import walk_tree

LOSS_KEYS = frozenset(("loss", "total_loss"))


def loss_part(value: Value, function: ast.AST, called: bool = False) -> Value:
    """The part of what `function` returns that is the loss: `out["loss"]`, one of `return loss, logits`.

    `called`: the function is called a loss, so that `return dice_loss, weights` has one as well.
    """
    if isinstance(value, Map):
        return next((item for key, item in value.items.items() if key in LOSS_KEYS), value)
    if isinstance(value, Seq) and value.exact and value.kind == "tuple":
        if "loss" in value.fields:
            return value.items[value.fields.index("loss")]
        place = _place(function, called)
        if place is None and len(value.items) == 2 and isinstance(value.items[1], Map):
            place = 0  # a number, and what to log of it
        return value.items[place] if place is not None and place < len(value.items) else value
    if isinstance(value, Instance) and isinstance(part := value.attributes.get("loss"), Tensor):
        return part
    return value


def _place(function: ast.AST, called: bool) -> int | None:
    """Which of the values that a function returns together it calls a loss, if it is one of them."""
    places: set[int] = set()
    for node in walk_tree(function):
        for value in _returned(node):
            names = [each.id if isinstance(each, ast.Name) else "" for each in value.elts]
            said = [at for at, name in enumerate(names) if name in LOSS_KEYS]
            if called and not said:
                said = [at for at, name in enumerate(names) if words(name)[-1:] == ("loss",)]
            if len(said) != 1:
                return None
            places.add(said[0])
    return places.pop() if len(places) == 1 else None


def _returned(node: ast.AST) -> list[ast.Tuple]:
    """The tuples that a statement may return: `return (loss, outputs) if wanted else loss`."""
    value = node.value if isinstance(node, ast.Return) else None
    values = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return [each for each in values if isinstance(each, ast.Tuple)]
