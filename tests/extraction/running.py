"""Run a program and note every loss that it trains, with the gradients that backward leaves behind."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from chainrule.edits import apply
from chainrule.extraction import Extraction, extraction_at
from chainrule.findings import Position, Range

_backward = torch.Tensor.backward


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program trained: losses and gradients in order; what it printed; the error that ended it."""

    noted: tuple[torch.Tensor | None, ...]
    printed: str
    error: str

    def differs(self, other: Ran) -> str:
        """What is not the same in another run, to the last bit; empty if nothing is."""
        if (self.error, self.printed) != (other.error, other.printed):
            return f"{self.error!r}, {self.printed!r} is not {other.error!r}, {other.printed!r}"
        if len(self.noted) != len(other.noted):
            return f"{len(self.noted)} values are not {len(other.noted)}"
        pairs = zip(self.noted, other.noted, strict=True)
        unlike = [number for number, (mine, its) in enumerate(pairs) if not _same(mine, its)]
        return f"values {unlike} differ" if unlike else ""


def _same(one: torch.Tensor | None, other: torch.Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.equal(torch.nan_to_num(one), torch.nan_to_num(other))


def run(text: str, then: Callable[[types.ModuleType], object] | None = None, name: str = "__main__") -> Ran:
    """Run a program, and `then` something with its module. A tensor that this gives is trained too."""
    noted: list[torch.Tensor | None] = []

    def backward(loss: torch.Tensor, *args: object, **options: object) -> None:
        trained = list(_leaves(loss))
        noted.append(loss.detach().clone())
        _backward(loss, *args, **options)
        noted.extend(None if leaf.grad is None else leaf.grad.detach().clone() for leaf in trained)

    module = types.ModuleType("program")
    module.__dict__["__name__"] = name
    printed, error, mode = io.StringIO(), "", torch.is_grad_enabled()
    sys.modules["program"] = sys.modules.get(name, module)
    torch.Tensor.backward = backward  # type: ignore[method-assign]
    _seed()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(text, "program.py", "exec"), module.__dict__)
            if then is not None:
                _seed()
                loss = then(module)
                if isinstance(loss, torch.Tensor):
                    backward(loss)
    except Exception as raised:  # of the program: both runs must end alike
        error = f"{type(raised).__name__}: {raised}"
    finally:
        torch.Tensor.backward = _backward  # type: ignore[method-assign]
        torch.set_grad_enabled(mode)
        torch.set_default_dtype(torch.float32)
        del sys.modules["program"]
    return Ran(tuple(noted), printed.getvalue(), error)


def _seed() -> None:
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)


def _leaves(loss: torch.Tensor) -> Iterator[torch.Tensor]:
    """What a loss leads back to, in the order of its graph."""
    seen, pending = set(), [loss.grad_fn]
    while pending:
        node = pending.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        pending += [parent for parent, _ in node.next_functions]


CURSOR, BEGIN, END = "<cursor>", "<select>", "</select>"


def marked(text: str) -> tuple[str, Range]:
    """A text without its marks, and the range that they mark: a cursor, or a selection."""
    plain = text.replace(CURSOR, "").replace(BEGIN, "").replace(END, "")
    if CURSOR in text:
        at = _position(text[: text.index(CURSOR)])
        return plain, Range(at, at)
    start = text.index(BEGIN)
    end = text.index(END)
    return plain, Range(_position(text[:start]), _position(text[:end].replace(BEGIN, "")))


def _position(before: str) -> Position:
    lines = before.split("\n")
    return Position(len(lines), len(lines[-1]) + 1)


def extracted(text: str, path: str = "train.py", end: str = "\n") -> tuple[str, Extraction | None, str]:
    """A marked text plain and with these line ends, what is offered there, and the text after it."""
    plain, where = marked(text)
    plain = plain.replace("\n", end)
    found = extraction_at(plain, path, where)
    return plain, found, apply(plain, found.edits) if found is not None else plain
