"""What a function says of what it returns: `return loss`, `{"loss": loss, …}`, `Output(loss=loss)`."""

from __future__ import annotations

import ast
import re

from chainrule.flow.core.roles import LOSS_WORDS, words
from chainrule.flow.core.values import Instance, Map, Seq, Tensor, Value

_KEYS = ("loss", "total_loss")
_SAYS = re.compile(
    r"return\s+\(?\s*(?:\w+_)?loss\s*(?:[,)\n#]|$|\.(?:clone|detach|requires_grad_|mean|sum)\b)"
    r"|[\"'](?:total_)?loss[\"']\s*:\s*(?:\w+_)?loss\b"
    r"|\bloss\s*=\s*(?:\w+_)?loss\s*[,)]"
)


def says_loss(text: str) -> bool:
    """Whether a function with this text calls what it returns a loss."""
    return "loss" in text and _SAYS.search(text) is not None


def loss_part(value: Value, function: ast.AST) -> Value:
    """The part of what is returned that is the loss: `out["loss"]`, the first of `return loss, logits`."""
    if isinstance(value, Map):
        return next((item for key, item in value.items.items() if key in _KEYS), value)
    if isinstance(value, Seq) and value.exact and value.kind == "tuple":
        if "loss" in value.fields:
            return value.items[value.fields.index("loss")]
        place = _place(function)
        return value.items[place] if place is not None and place < len(value.items) else value
    if isinstance(value, Instance) and isinstance(part := value.attributes.get("loss"), Tensor):
        return part
    return value


def _place(function: ast.AST) -> int | None:
    """Which of the values that a function returns together it calls a loss, if it is one of them."""
    places: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            names = [each.id if isinstance(each, ast.Name) else "" for each in node.value.elts]
            said = [at for at, name in enumerate(names) if words(name)[-1:] in _ENDINGS]
            if len(said) != 1:
                return None
            places.add(said[0])
    return places.pop() if len(places) == 1 else None


_ENDINGS = frozenset((word,) for word in LOSS_WORDS)
