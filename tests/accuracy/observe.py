"""The truth about every helper that a loss calls: which arguments its result is connected to.

While a loss runs, each call of a Python function of the library is watched. Afterwards the autograd graph is
walked from what the call returned to what it was given: reached means connected.
"""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch

from losses import Prepared, tensors

Node = Any  # torch.autograd.graph.Node has no public constructor to annotate with


@dataclass(frozen=True, slots=True, order=True)
class Argument:
    """One parameter of one library function."""

    path: str
    qualname: str
    name: str


@dataclass(slots=True)
class Observed:
    """Every argument that required grad in a call, and whether the result of any call is connected to it."""

    connected: dict[Argument, bool]
    functions: set[tuple[str, str]]


def observe(prepared: Prepared, root: Path) -> Observed:
    """Run the loss once and watch the functions defined below `root`."""
    watcher = _Watcher(str(root))
    before = sys.getprofile()
    sys.setprofile(watcher)
    try:
        prepared.run()
    finally:
        sys.setprofile(before)
    return Observed(dict(watcher.connected), watcher.functions)


class _Watcher:
    def __init__(self, root: str) -> None:
        self.root = root
        self.connected: dict[Argument, bool] = defaultdict(bool)
        self.functions: set[tuple[str, str]] = set()
        self._given: dict[int, list[tuple[Argument, list[Node]]]] = {}
        self._ours: dict[CodeType, bool] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = code.co_filename.startswith(self.root) and not code.co_name.startswith("<")
        if not self._ours[code]:
            return
        if event == "call":
            self._enter(frame)
        elif event == "return":
            self._leave(frame, argument)

    def _enter(self, frame: FrameType) -> None:
        code = frame.f_code
        self.functions.add((code.co_filename, code.co_qualname))
        given = []
        for name, value in _parameters(frame):
            nodes = [_node(t) for t in tensors(value) if t.requires_grad]
            if nodes:
                given.append((Argument(code.co_filename, code.co_qualname, name), nodes))
        self._given[id(frame)] = given

    def _leave(self, frame: FrameType, result: Any) -> None:
        given = self._given.pop(id(frame), [])
        if not given or frame.f_code.co_flags & inspect.CO_GENERATOR:
            return
        reached = _reachable(_node(t) for t in tensors(result) if t.requires_grad)
        for argument, nodes in given:
            self.connected[argument] |= any(node in reached for node in nodes)


def _parameters(frame: FrameType) -> Iterable[tuple[str, Any]]:
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    for name in code.co_varnames[:count]:
        if name in frame.f_locals and name not in ("self", "cls", "ctx"):
            yield name, frame.f_locals[name]


def _node(tensor: torch.Tensor) -> Node:
    """The tensor's place in the graph; a leaf's is its gradient accumulator."""
    if tensor.grad_fn is not None:
        return tensor.grad_fn
    with torch.enable_grad():
        return tensor.view_as(tensor).grad_fn.next_functions[0][0]  # type: ignore[union-attr]


def _reachable(starts: Iterable[Node]) -> set[Node]:
    seen: set[Node] = set()
    waiting = [start for start in starts if start is not None]  # nothing is recorded in a Function's forward
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting.extend(following for following, _ in node.next_functions if following is not None)
    return seen


def definition(function: Callable[..., Any]) -> tuple[str, str] | None:
    """File and qualified name of the Python code behind a callable; None when it has none."""
    if isinstance(function, torch.nn.Module):
        function = type(function).forward
    function = inspect.unwrap(function)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return None if code is None else (code.co_filename, code.co_qualname)
