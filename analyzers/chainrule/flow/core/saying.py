"""What a function says of what it returns: `return loss`, `{"loss": loss, …}`, `Output(loss=loss)`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from chainrule.flow.core.values import Instance, Map, Seq, Tensor, Value

_KEYS = ("loss", "total_loss")
_ALONE = re.compile(
    r"return\s+\(?\s*(?:\w+_)?loss\s*(?:[)\n#]|$|\.(?:clone|detach|requires_grad_|mean|sum)\b)"
)
_AMONG = re.compile(
    r"return\s+\(?\s*(?:\w+,\s*)*(?:\w+_)?loss\s*,"
    r"|[\"'](?:total_)?loss[\"']\s*:\s*(?:\w+_)?loss\b"
    r"|Output\(\s*loss\s*="
)


def says_loss(text: str) -> bool:
    """Whether a function with this text calls what it returns, or a part of it, a loss."""
    return "loss" in text and (_ALONE.search(text) is not None or _AMONG.search(text) is not None)


def says_only_loss(text: str) -> bool:
    """Whether a function with this text returns a loss, as it says, and never anything beside it."""
    return "loss" in text and _ALONE.search(text) is not None and _AMONG.search(text) is None


_LOSS_NAMES = ("loss_func", "loss_fn", "loss_function", "lossfn", "criterion", "compute_loss")
_USES = re.compile(rf"\b(?:{'|'.join(_LOSS_NAMES)})\s*=\s*([A-Za-z_]\w*)\b(?![.\[])(\()?")


@lru_cache(maxsize=4)
def used_as_losses(text: str) -> frozenset[str]:
    """What a file uses as a loss: `Learner(…, loss_func=distance)`, `criterion = Judge()`.

    Functions as `distance`, classes as `Judge(`.
    """
    if not any(name in text for name in _LOSS_NAMES):
        return frozenset()
    return frozenset(f"{name}{called}" for name, called in _USES.findall(text))


def loss_part(value: Value, function: ast.AST) -> Value:
    """The part of what `function` returns that is the loss: `out["loss"]`, one of `return loss, logits`."""
    if isinstance(value, Map):
        return next((item for key, item in value.items.items() if key in _KEYS), value)
    if isinstance(value, Seq) and value.exact and value.kind == "tuple":
        if "loss" in value.fields:
            return value.items[value.fields.index("loss")]
        place = _place(function)
        if place is None and len(value.items) == 2 and isinstance(value.items[1], Map):
            place = 0  # a number, and what to log of it
        return value.items[place] if place is not None and place < len(value.items) else value
    if isinstance(value, Instance) and isinstance(part := value.attributes.get("loss"), Tensor):
        return part
    return value


def _place(function: ast.AST) -> int | None:
    """Which of the values that a function returns together it calls a loss, if it is one of them."""
    places: set[int] = set()
    for node in ast.walk(function):
        for value in _returned(node):
            names = [each.id if isinstance(each, ast.Name) else "" for each in value.elts]
            said = [at for at, name in enumerate(names) if name in _KEYS]
            if len(said) != 1:
                return None
            places.add(said[0])
    return places.pop() if len(places) == 1 else None


def _returned(node: ast.AST) -> list[ast.Tuple]:
    """The tuples that a statement may return: `return (loss, outputs) if wanted else loss`."""
    value = node.value if isinstance(node, ast.Return) else None
    values = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return [each for each in values if isinstance(each, ast.Tuple)]
