"""The loss in what a function returns, and Python that takes it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from .trace.values import is_container

RETURNED = "returned"
"""The name that the text of an expression gives to what the function returned."""
_KEYS = ("loss", "total_loss", "total", "loss_total")


def loss_of(returned: Any) -> Any:
    """The loss in what a function returns: itself, `["loss"]`, `.loss`, the first scalar of a tuple, the sum
    of the terms of a dict or a list."""
    return find_loss(returned)[0]


def find_loss(returned: Any, text: str = RETURNED) -> tuple[Any, str]:
    """The loss, and the expression that gives it where `text` is what the function returned."""
    if isinstance(returned, torch.Tensor):
        return returned, text
    if isinstance(returned, Mapping):
        for key in _KEYS:
            if key in returned:
                return find_loss(returned[key], f"{text}[{key!r}]")
        return _total(dict(returned), text)
    if isinstance(returned, list):
        return _total(returned, text)
    if hasattr(returned, "loss"):
        return find_loss(returned.loss, f"{text}.loss")
    if is_container(returned):
        tensors = list(_floats(returned, text))
        scalars = [(t, at) for t, at in tensors if t.numel() == 1]
        graded = [pair for pair in scalars if pair[0].requires_grad]
        graded = graded or [pair for pair in tensors if pair[0].requires_grad]
        best = graded or scalars or tensors
        return best[0] if best else (returned, text)
    return returned, text


def _total(terms: Any, text: str) -> tuple[Any, str]:
    """The sum of the terms that require grad; of all where none does."""
    every = list(_floats(terms, text))
    chosen = [pair for pair in every if pair[0].requires_grad] or every
    if len(chosen) < 2:
        return chosen[0] if chosen else (terms, text)
    total = sum((t.sum() for t, _ in chosen[1:]), chosen[0][0].sum())
    return total, " + ".join(f"{at}.sum()" for _, at in chosen)


def _floats(value: Any, text: str, depth: int = 4) -> Iterator[tuple[torch.Tensor, str]]:
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            yield value, text
    elif is_container(value) and depth:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _floats(item, f"{text}[{key!r}]", depth - 1)


def scalar(loss: Any) -> Any:
    """The loss as one number to call backward on; a loss that is no tensor stays what it is."""
    if isinstance(loss, torch.Tensor):
        loss = loss.real if loss.is_complex() else loss
        return loss if loss.numel() == 1 else loss.sum()
    return loss


def scalar_text(loss: Any, text: str) -> str:
    """What `scalar` does, as Python."""
    if isinstance(loss, torch.Tensor):
        whole = f"{text}.real" if loss.is_complex() else text
        return whole if loss.numel() == 1 else f"{whole}.sum()"
    return text


def describe_loss(loss: Any) -> dict[str, Any] | None:
    """The `loss` of a result."""
    if loss is None:
        return None
    if not isinstance(loss, torch.Tensor):
        value = float(loss) if isinstance(loss, (int, float)) else None
        return {"value": value, "shape": [], "dtype": type(loss).__name__, "grad_fn": None}
    total = scalar(loss.detach())
    return {
        "value": float(total),
        "shape": list(loss.shape),
        "dtype": str(loss.dtype).replace("torch.", ""),
        "grad_fn": loss.grad_fn.name() if loss.grad_fn is not None else None,
    }
