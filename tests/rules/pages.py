"""The pages of the rules: their headings, and the two programs on each.

Both programs are complete: they end with the lines that make the inputs and call backward, so that a reader
can paste and run them. They are run here as they stand.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from chainrule.rules import Rule
from chainrule.rules.rewrites import RewriteRule

HEADINGS = ("What it does", "Why is this bad", "Example", "Use instead", "Fix safety", "References")
_SECTION = re.compile(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(rule: Rule | RewriteRule) -> dict[str, str]:
    """The text below each heading, in the order of the page."""
    return {heading: text.strip() for heading, text in _SECTION.findall(rule.doc)}


def program(rule: Rule | RewriteRule, heading: str) -> str:
    """The one program of a section."""
    (text,) = _FENCE.findall(sections(rule)[heading])
    return str(text)


def loss_and_gradient(text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of a program that ends with `f(x, …).backward()`, and the gradient of `x`."""
    torch.manual_seed(0)
    start, call = text.rstrip().removesuffix(".backward()").rsplit("\n", 1)
    namespace: dict[str, Any] = {}
    exec(compile(f"{start}\nloss = {call}", "<page>", "exec"), namespace)
    (source,) = (
        v for v in namespace.values() if isinstance(v, torch.Tensor) and v.is_leaf and v.requires_grad
    )
    (gradient,) = torch.autograd.grad(namespace["loss"], source)
    return namespace["loss"].detach(), gradient


@dataclass(frozen=True)
class Outcome:
    """What a program did: the gradient of every leaf (and of what it calls by a leaf's name), or an error."""

    gradients: tuple[str, ...]
    error: str


def run(text: str, names: tuple[str, ...] = ()) -> Outcome:
    """Run a program; `names` are tensors that count as leaves even if they are none."""
    torch.manual_seed(0)
    namespace: dict[str, object] = {}
    error = ""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "<page>", "exec"), namespace)
        except (RuntimeError, AttributeError) as raised:
            error = f"{type(raised).__name__}: {raised}"
        found = {
            id(tensor): tensor
            for name, value in namespace.items()
            for tensor in _tensors(value)
            if tensor.requires_grad and (tensor.is_leaf or name in names)
        }
        return Outcome(tuple(_gradient(tensor) for tensor in found.values()), error)


def _tensors(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, torch.nn.Module):
        yield from value.parameters()
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _tensors(each)


def _gradient(tensor: torch.Tensor) -> str:
    if tensor.grad is None:
        return "cut"
    size = tensor.grad.abs().sum().item()
    return "flows" if math.isfinite(size) and size > 0 else "zero" if size == 0 else "nonfinite"
