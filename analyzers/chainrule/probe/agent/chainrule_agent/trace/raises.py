"""Read the line to name for an exception of forward or backward off a recorded run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .cuts import Cut, at
from .ledger import Event
from .recorder import Recorder
from .sites import Site


def find_raise(
    recorder: Recorder, message: str, frames: Sequence[tuple[str, int]], owned: Callable[[str], bool]
) -> Cut | None:
    """The line to name for an exception of forward or backward."""
    if "modified by an inplace operation" in message:
        return _edit(recorder, message)
    if "second time" in message and recorder.backwards:
        return at(recorder.backwards[-1], "cut", "this backward frees the graph that the loss still needs")
    if "is not implemented" in message and "derivative" in message:
        missing = [
            e for e in recorder.events if e.node is not None and _lacks_derivative(e.node.name(), message)
        ]
        if missing:
            return at(missing[0].site, "cut", "torch has no derivative for it")
    if "NoneType" in message and recorder.missing:
        return at(recorder.missing[-1], "cut", "`.grad` of a tensor that is not a leaf is None")
    if "must implement either the backward" in message:
        custom_made = [e for e in recorder.events if getattr(e.node, "_forward_cls", None) is not None]
        if custom_made:
            return at(custom_made[-1].site, "cut", "the Function has no backward")
    custom = re.search(r"[Ff]unction (\w+?)Backward returned", message)
    if custom and (end := end_of(recorder, f"{custom.group(1)}.backward")) is not None:
        return at(end, "cut", message.partition("\n")[0])
    inner = [(p, n) for p, n in frames if owned(p)]
    if inner and "'float' object has no attribute" in message:
        made = [
            e for e in recorder.events if isinstance(e.value, float) and any(map(_requires_grad, e.parents))
        ]
        if made:
            return at(made[-1].site, "cut", "a Python number has no graph")
    if inner and "does not require grad" in message:
        lost = untracked(recorder)
        here = [e for e in lost if e.site.function == _function_at(recorder, inner[-1])]
        if lost:
            return at((here or lost)[-1].site, "cut", "gradient tracking is off here")
    if inner:
        path, line = inner[-1]
        sites = [s for s in recorder.sites if s is not None and (s.path, s.line) == (path, line)]
        site = next((s for s in sites if s.kind in ("call", "setitem", "setattr", "augmented", "op")), None)
        column = site.column if site is not None else 1
        return Cut(path, line, column, site.op if site is not None else "raise", "cut", "raises here")
    return None


def find_kept_value(recorder: Recorder, known: int) -> Cut | None:
    """The first place that uses a value with a graph of the call before; `known` events are of that call."""
    for event in recorder.events[known:]:
        if not recorder.connected(event) or recorder.own(event):
            continue
        kept = [e for e in event.parents if e.number < known and _is_made(recorder, e)]
        if kept:
            reason = f"backward has freed the graph of what line {kept[0].site.line} made in the call before"
            return at(event.site, "cut", reason)
        if not event.parents and _is_made(recorder, event):
            return at(event.site, "cut", "the call before made it, and backward has freed its graph")
    return None


def _is_made(recorder: Recorder, event: Event) -> bool:
    """It is no leaf, and leads to one."""
    leaf = recorder.own(event) or event.site.kind in ("source", "module")
    return bool(recorder.connected(event)) and not leaf


def _lacks_derivative(node: str, message: str) -> bool:
    """Whether the grad_fn is the operator of "the derivative for '_unique2' is not implemented"."""
    operator = re.search(r"derivative for '(?:aten::)?(\w+)", message)
    plain = re.sub(r"\W|_|\d", "", operator.group(1)).lower() if operator else ""
    return "NotImplemented" in node or (bool(plain) and re.sub(r"Backward\d*$|\d", "", node).lower() == plain)


def untracked(recorder: Recorder) -> list[Event]:
    """What was made of tensors that require grad, and does not require it, while tracking was off."""
    made = [e for e in recorder.events if e.shape is not None and not e.mode and not _requires_grad(e)]
    return [e for e in made if any(_requires_grad(p) for parent in e.parents for p in _tensors_of(parent))]


def _tensors_of(event: Event) -> list[Event]:
    """Of what a module carries its parameters, else the value itself."""
    return event.parents if event.site.kind == "module" else [event]


def end_of(recorder: Recorder, function: str) -> Site | None:
    """The last `return` of a function; where it has none, the last place in it."""
    own = [s for s in recorder.sites if s is not None and s.function == function]
    returns = [s for s in own if s.kind == "return"]
    return max(returns or own, key=lambda s: (s.line, -s.column), default=None)


def _requires_grad(event: Event) -> bool:
    return bool(getattr(event.value, "requires_grad", False))


def _function_at(recorder: Recorder, where: tuple[str, int]) -> str:
    return next((s.function for s in recorder.sites if s is not None and (s.path, s.line) == where), "")


def _edit(recorder: Recorder, message: str) -> Cut | None:
    """The edit in place that changed what backward had saved: same shape, same earlier grad_fn as in the
    message."""
    edits = [e for e in recorder.events if e.edited is not None]
    shape = re.search(r"\[([\d, ]*)\]\]", message)
    node = re.search(r"output \d+ of (\w+)", message)
    wanted = tuple(int(n) for n in re.findall(r"\d+", shape.group(1))) if shape else None
    same = [e for e in edits if wanted is None or e.shape == wanted]
    named = [e for e in same if node and e.edited and node.group(1) in e.edited]
    best = named or same or edits
    counted = re.search(r"expected version (\d+)", message)
    if counted:  # the first edit after it was saved
        best = [e for e in best if e.version > int(counted.group(1))] or best
    return at(best[0].site, "cut", "backward needs the value that this edits in place") if best else None
