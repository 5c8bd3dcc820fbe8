"""What an exception says about the inputs that caused it."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from ..trace.values import storage_key
from .specs import Candidate, value_at

_OF_AUTOGRAD = re.compile(
    r"requires? grad|grad_fn|leaf Variable|modified by an inplace|derivative|backward|autograd"
    r"|[Ii]nference tensor|incorrect number of gradients|graph a second time"
)


@dataclass(frozen=True)
class Failure:
    """An exception of a trial run, with the arguments that were in the frames where it was raised."""

    kind: str
    text: str
    suspects: tuple[str, ...]
    """Paths of argument tensors, the most suspicious first."""
    progress: tuple[int, ...]
    """Lines of the user's frames, outermost first: a trial that came further compares greater."""
    source: str
    """The text of the user's line that raised."""
    library: tuple[str, ...]
    """Names that torch's own frames had for the suspects, in the same order ("" where none)."""

    @property
    def of_autograd(self) -> bool:
        """The inputs are fine; what raised is how the loss treats gradients."""
        return is_of_autograd(self.text)


def is_of_autograd(message: str) -> bool:
    """A complaint about gradients, not about shapes or types."""
    return bool(_OF_AUTOGRAD.search(message)) and "only Tensors of floating point" not in message


def read_failure(
    problem: BaseException, candidate: Candidate, arguments: dict[str, Any], owned: Callable[[str], bool]
) -> Failure:
    leaves = {path: value_at(arguments, path) for path, _ in candidate.leaves()}
    tensors = {path: v for path, v in leaves.items() if isinstance(v, torch.Tensor)}
    by_storage = {storage_key(v): path for path, v in tensors.items() if v.numel()}
    found: dict[str, str] = {}
    progress: list[int] = []
    source = ""
    frames: list[tuple[str, int, dict[str, Any]]] = []
    trace = problem.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        frames.append((frame.f_code.co_filename, trace.tb_lineno, frame.f_locals))
        trace = trace.tb_next
    for path, line, _ in frames:
        if owned(path):
            progress.append(line)
            source = linecache.getline(path, line).strip()
    for path, line, variables in reversed(frames):
        ours = owned(path)
        text = linecache.getline(path, line) if ours else ""
        named = [n for n in variables if not ours or re.search(rf"\b{re.escape(n)}\b", text)]
        for name in named:
            value = variables[name]
            if isinstance(value, torch.Tensor):
                leaf = by_storage.get(storage_key(value))
                if leaf is not None:
                    found.setdefault(leaf, "" if ours else name)
            elif ours and name in candidate.arguments:
                found.setdefault(name, "")
    return Failure(
        type(problem).__name__, str(problem), tuple(found), tuple(progress), source, tuple(found.values())
    )
