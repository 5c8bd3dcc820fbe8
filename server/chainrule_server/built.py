"""The diagnostics of open texts, built anew only for findings that are new or stand elsewhere.

A keystroke leaves nearly all findings of a file as they were; what was built for them is shown again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lsprotocol import types

from chainrule.findings import Finding
from chainrule_server.documents import Part, Source

Placed = tuple[Part, types.Diagnostic]
Build = Callable[[Finding], "Placed | None"]


@dataclass(frozen=True, slots=True)
class Shown:
    """The diagnostics of one document. `identity` is equal exactly when they are."""

    items: tuple[types.Diagnostic, ...] = ()
    identity: str = ""

    @classmethod
    def of(cls, items: Sequence[types.Diagnostic], before: Shown | None = None) -> Shown:
        """`before`, if it is the same; then nothing is computed."""
        if before is not None and _same(before.items, items):
            return before
        told = repr(items).encode("utf-8", "surrogatepass")
        return cls(tuple(items), hashlib.blake2b(told, digest_size=12).hexdigest())


@dataclass(frozen=True, slots=True)
class _Known:
    source: Source
    findings: tuple[Finding, ...]
    built: tuple[Placed | None, ...]
    shown: Mapping[str, Shown]


class Built:
    """What was shown last of each open source, by URI."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def of(
        self, source: Source, findings: tuple[Finding, ...], build: Build, more: Sequence[Placed]
    ) -> Mapping[str, Shown]:
        """By document, the diagnostics of `findings`, made by `build` where they are new, and `more`."""
        known = self._known.get(source.uri)
        built = tuple(_built(source, findings, build, known))
        found: dict[str, list[types.Diagnostic]] = defaultdict(list)
        for placed in (*built, *more):
            if placed is not None:
                found[placed[0].uri].append(placed[1])
        before = known.shown if known else {}
        shown = {p.uri: Shown.of(found.get(p.uri, ()), before.get(p.uri)) for p in source.parts}
        self._known[source.uri] = _Known(source, findings, built, shown)
        return shown

    def forget(self, uri: str) -> None:
        """Drop what was built for a closed text."""
        self._known.pop(uri, None)


def _built(
    source: Source, findings: tuple[Finding, ...], build: Build, known: _Known | None
) -> Iterator[Placed | None]:
    """What is built of each finding. The same ones are looked for from the start and from the end."""
    if known is None or not _columns_agree(known.source, source):
        yield from map(build, findings)
        return
    old, built = known.findings, known.built
    most = min(len(old), len(findings))
    head = 0
    while head < most and _equal(old[head], findings[head]):
        head += 1
    tail = 0
    while tail < most - head and _equal(old[-1 - tail], findings[-1 - tail]):
        tail += 1
    yield from built[:head]
    yield from map(build, findings[head : len(findings) - tail])
    yield from built[len(built) - tail :]


def _equal(one: Finding, other: Finding) -> bool:
    return one is other or one == other


def _same(before: Sequence[types.Diagnostic], now: Sequence[types.Diagnostic]) -> bool:
    return len(before) == len(now) and all(a is b or a == b for a, b in zip(before, now, strict=True))


def _columns_agree(old: Source, new: Source) -> bool:
    """Whether a place of the analysis is the same for the client in both texts."""
    if len(old.parts) != 1 or len(new.parts) != 1:
        return False
    one, other = old.parts[0], new.parts[0]
    return one is other or (one.unit.counts_characters(old.text) and other.unit.counts_characters(new.text))
