"""Read the place at which a source lost its gradient off a recorded run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .ledger import Event
from .recorder import Recorder
from .sites import Site


@dataclass(frozen=True)
class Cut:
    """Where gradient was lost. Line and column are 1-based; `reason` is a clause for the user, or empty."""

    path: str
    line: int
    column: int
    op: str
    verdict: str
    reason: str = ""


def at(site: Site, verdict: str, reason: str = "") -> Cut:
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
        return unique(_lost(recorder, e, bit) for e in found)
    lost = [e for e in recorder.events if _loses(recorder, e, bit)]
    if loss is not None and not recorder.taint(loss) & ~recorder.own(loss):
        return find_fresh_loss(loss) or [at(loss.site, "cut", "a fresh value, not made from it")]
    if lost and loss is None:
        return unique(_lost(recorder, e, bit) for e in lost[:1])
    ends = [e for e in recorder.events if e.taint & bit and e.parents and not e.used and e.shape is not None]
    ends = [e for e in ends if recorder.connected(e) & bit] or ends
    if ends:
        return unique(at(e.site, "cut", "its value never enters the loss") for e in ends[-1:])
    return _overwritten(recorder, bit)


def _overwritten(recorder: Recorder, bit: int) -> list[Cut]:
    """Where a value made of a source was put last, into what holds something else in the end."""
    stored = [e for e in recorder.events if e.site.kind == "setitem"]
    stored = [e for e in stored if any(p.shape is not None and recorder.taint(p) & bit for p in e.parents)]
    return [at(e.site, "cut", "what is stored here is written over") for e in stored[-1:]]


def find_fresh_loss(loss: Event) -> list[Cut]:
    """Where a loss of nothing but new constants gets the last of them; empty for another loss."""
    roots = [e for e in ancestors(loss) if not e.parents and e.shape is not None]
    if not roots or any(e.site.kind != "call" for e in roots):
        return []
    last = max(roots, key=lambda e: e.number)
    return [at(last.site, "cut", "a fresh value, not made from it")]


def _loses(recorder: Recorder, event: Event, bit: int) -> bool:
    if not recorder.taint(event) & bit or recorder.connected(event) & bit:
        return False
    return any(recorder.connected(p) & bit for p in event.parents)


def _lost(recorder: Recorder, event: Event, bit: int) -> Cut:
    marked = recorder.marked.get(event.number)
    if marked is not None:
        return at(marked, "cut", "declares that no gradient comes out of it")
    off = recorder.switched_off.get(event.number)
    floating = getattr(event.value, "is_floating_point", None)
    differentiable = floating is not None and floating() and not event.site.op.endswith(("detach", "data"))
    if off is not None and differentiable:
        return at(
            off,
            "cut",
            f"gradient tracking is off for `{event.site.op or event.site.kind}` on line {event.site.line}",
        )
    return at(event.site, "cut")


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


def find_stand_in(recorder: Recorder, loss: Event, source: Event) -> list[Cut]:
    """The new leaf of the same shape that takes the place of a source in the loss, if there is one alone."""
    leaves = [e for e in ancestors(loss) if recorder.own(e) and e.site.kind == "call"]
    alike = [e for e in leaves if e.shape == source.shape and e is not source]
    return [at(e.site, "cut", "a new leaf takes its place") for e in alike if len(alike) == 1]


def find_left_out(recorder: Recorder, loss: Event, name: str) -> list[Cut]:
    """The constants that a function put into the loss instead of going on to where it uses the source `name`,
    `self.head.weight`."""
    held = name.split(".")[1:2]
    if not held:
        return []
    functions = {s.function for n in recorder.ran if (s := recorder.sites[n]) is not None}
    left_out = {
        s.function
        for n, s in enumerate(recorder.sites)
        if s is not None and n not in recorder.ran and s.function in functions and held == list(s.names[:1])
    }
    fresh = [e for e in ancestors(loss) if not e.parents and e.shape == () and e.site.kind == "call"]
    return unique(
        at(e.site, "cut", "a constant, where other data would use it")
        for e in fresh
        if e.site.function in left_out
    )


def ancestors(event: Event) -> list[Event]:
    """The event and all that it was made from, itself first."""
    seen: dict[int, Event] = {}
    stack = [event]
    while stack:
        event = stack.pop()
        if event.number not in seen:
            seen[event.number] = event
            stack.extend(event.parents)
    return list(seen.values())


def unique(cuts: Iterable[Cut]) -> list[Cut]:
    found: dict[tuple[str, int, int], Cut] = {}
    for cut in cuts:
        found.setdefault((cut.path, cut.line, cut.column), cut)
    return sorted(found.values(), key=lambda c: (c.line, c.column))
