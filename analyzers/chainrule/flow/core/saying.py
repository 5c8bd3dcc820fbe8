"""What a text says of its losses: `return loss`, `Output(loss=loss)`, `criterion = Judge()`."""

from __future__ import annotations

import re
from functools import lru_cache

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
    named = _LOSS_NAMES if "loss" in text else ("criterion",)
    if not any(name in text for name in named):
        return frozenset()
    return frozenset(f"{name}{called}" for name, called in _USES.findall(text))
