"""Read the place at which a source lost its gradient off a recorded run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .ledger import Event
from .recorder import Recorder
from .sites import Site

ROUNDING = 1e-6
"""A float32 gradient smaller than this part of the one that came in is what rounding leaves of zero."""

_FILLS = frozenset("masked_fill masked_fill_ where fill_ full full_like pad pad_sequence clamp clip".split())


@dataclass(frozen=True)
class Cut:
    """Where gradient was lost. Line and column are 1-based; `reason` is a clause for the user, or empty."""

    path: str
    line: int
    column: int
    op: str
    verdict: str
    reason: str = ""


def _at(site: Site, verdict: str, reason: str = "") -> Cut:
    return Cut(site.path, site.line, site.column, site.op or site.kind, verdict, reason)


def find_cut(recorder: Recorder, loss: Event | None, bit: int) -> list[Cut]:
    """Where values that depend on a source stop being connected to it, on the way to the loss.

    Without a loss, or where the loss does not depend on the source at all: where the values made of it end.
    """
    if loss is not None and recorder.taint(loss) & bit:
        found = _frontier(
            recorder,
            loss,
            lambda e: bool(recorder.taint(e) & bit),
            lambda e: bool(recorder.connected(e) & bit),
        )
        return _unique(_lost(recorder, e, bit) for e in found)
    lost = [e for e in recorder.events if _loses(recorder, e, bit)]
    if loss is not None and not recorder.taint(loss) & ~recorder.own(loss):
        return [_at(loss.site, "cut", "a fresh value, not made from it")]
    if lost and loss is None:
        return _unique(_lost(recorder, e, bit) for e in lost[:1])
    ends = [e for e in recorder.events if e.taint & bit and e.parents and not e.used and e.shape is not None]
    if ends:
        return _unique(_at(e.site, "cut", "its value never enters the loss") for e in ends[-1:])
    return []


def _loses(recorder: Recorder, event: Event, bit: int) -> bool:
    if not recorder.taint(event) & bit or recorder.connected(event) & bit:
        return False
    return any(recorder.connected(p) & bit for p in event.parents)


def _lost(recorder: Recorder, event: Event, bit: int) -> Cut:
    off = recorder.switched_off.get(event.number)
    floating = getattr(event.value, "is_floating_point", None)
    differentiable = floating is not None and floating() and not event.site.op.endswith(("detach", "data"))
    if off is not None and differentiable:
        return _at(
            off,
            "cut",
            f"gradient tracking is off for `{event.site.op or event.site.kind}` on line {event.site.line}",
        )
    return _at(event.site, "cut")


def _frontier(
    recorder: Recorder, loss: Event, follow: Callable[[Event], bool], good: Callable[[Event], bool]
) -> list[Event]:
    """Events that are not good themselves but were made from good ones, on the way back from the loss."""
    found: list[Event] = []
    seen: set[int] = set()
    stack = [loss]
    while stack:
        event = stack.pop()
        if event.number in seen or good(event) or not follow(event):
            continue
        seen.add(event.number)
        if any(good(p) for p in event.parents):
            found.append(event)
        stack.extend(event.parents)
    return sorted(found, key=lambda e: e.number)


def find_partial_cut(recorder: Recorder, loss: Event, bit: int) -> Cut | None:
    """The first place where one of several paths from a source to the loss is cut."""
    seen: set[int] = set()
    lost: list[Event] = []
    stack = [loss]
    while stack:
        event = stack.pop()
        if event.number in seen:
            continue
        seen.add(event.number)
        if _loses(recorder, event, bit):
            lost.append(event)
        stack.extend(event.parents)
    return _lost(recorder, min(lost, key=lambda e: e.number), bit) if lost else None


def find_bad_gradient(recorder: Recorder, loss: Event, bit: int, verdict: str) -> list[Cut]:
    """The operation whose output has a good gradient and whose input has a zero (or non-finite) one."""

    def bad(event: Event, consumer: Event) -> bool | None:
        """None for what has no gradient of its own to look at. Two paths may cancel up to rounding only."""
        gradient = event.grad
        if event.shape is None or (gradient is None and event.node is None):
            return None
        if gradient is None:
            return verdict == "zero"
        if verdict == "nonfinite":
            return not gradient[2]
        passed_on = consumer.grad[0] if consumer.grad is not None else 1.0
        return gradient[1] or gradient[0] < ROUNDING * passed_on

    found: list[Event] = []
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[Event, Event]] = [(loss, loss)]
    while stack:
        event, consumer = stack.pop()
        for parent in event.parents:
            if not recorder.connected(parent) & bit or (parent.number, consumer.number) in seen:
                continue
            seen.add((parent.number, consumer.number))
            state = bad(parent, consumer)
            if state is None and not parent.parents:
                state = True
            if state is None:
                stack.append((parent, consumer))
            elif state:
                found.append(consumer)
            else:
                stack.append((parent, parent))
    if not found:
        return []
    numbers = sorted({e.number for e in found})
    reason = "" if loss.finite else "the loss itself is not finite"
    return _unique(_at(recorder.events[n].site, verdict, reason) for n in numbers)


def find_nonfinite_value(recorder: Recorder, loss: Event | None, fills: bool) -> list[Cut]:
    """The first operation on the way to the loss that makes NaN or inf out of finite values; those that fill
    with them (a mask of minus infinity is no fault by itself) only with `fills`."""
    on_the_way = _ancestors(loss) if loss is not None else None
    for event in recorder.events:
        if event.finite or not event.parents or (on_the_way is not None and event.number not in on_the_way):
            continue
        fits = fills or event.site.op.rpartition(".")[2] not in _FILLS
        if fits and all(p.finite for p in event.parents):
            return [_at(event.site, "nonfinite")]
    return []


def _ancestors(event: Event) -> set[int]:
    seen: set[int] = set()
    stack = [event]
    while stack:
        event = stack.pop()
        if event.number not in seen:
            seen.add(event.number)
            stack.extend(event.parents)
    return seen


def find_raise(
    recorder: Recorder, message: str, frames: Sequence[tuple[str, int]], owned: Callable[[str], bool]
) -> Cut | None:
    """The line to name for an exception of forward or backward."""
    if "modified by an inplace operation" in message:
        return _edit(recorder, message)
    if "second time" in message and recorder.backwards:
        return _at(recorder.backwards[-1], "cut", "this backward frees the graph that the loss still needs")
    if "is not implemented" in message and "derivative" in message:
        missing = [e for e in recorder.events if e.node is not None and "NotImplemented" in e.node.name()]
        if missing:
            return _at(missing[0].site, "cut", "torch has no derivative for it")
    custom = re.search(r"[Ff]unction (\w+?)Backward returned", message)
    if custom:
        for (path, line, name), event in reversed(list(recorder.named.items())):
            if name == "return" and event.site.function == f"{custom.group(1)}.backward":
                return Cut(path, line, event.site.column, "return", "cut", message.partition("\n")[0])
    inner = [(p, n) for p, n in frames if owned(p)]
    if inner and "does not require grad" in message:
        lost = [e for e in recorder.events if e.shape is not None and not e.mode and not _requires_grad(e)]
        lost = [e for e in lost if any(_requires_grad(p) for p in e.parents)]
        lost = [e for e in lost if e.site.function == (_function_at(recorder, inner[-1]) or e.site.function)]
        if lost:
            return _at(lost[-1].site, "cut", "gradient tracking is off here")
    if inner:
        path, line = inner[-1]
        sites = [s for s in recorder.sites if s is not None and (s.path, s.line) == (path, line)]
        site = next((s for s in sites if s.kind in ("call", "setitem", "setattr", "augmented", "op")), None)
        column = site.column if site is not None else 1
        return Cut(path, line, column, site.op if site is not None else "raise", "cut", "raises here")
    return None


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
    return _at(best[0].site, "cut", "backward needs the value that this edits in place") if best else None


def _unique(cuts: Iterable[Cut]) -> list[Cut]:
    found: dict[tuple[str, int, int], Cut] = {}
    for cut in cuts:
        found.setdefault((cut.path, cut.line, cut.column), cut)
    return sorted(found.values(), key=lambda c: (c.line, c.column))
