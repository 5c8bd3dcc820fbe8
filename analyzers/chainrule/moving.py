"""What was said of one version of a text, at the places where the next version has the same lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chainrule.findings import BreakAt, Finding, FunctionVerdicts, Position, Range, SourceVerdict
from chainrule.syntax import Block

_DEFINED = re.compile(r"^(?:async[ \t]+)?(?:class|def)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Kept:
    """Lines of the earlier version, from `first` to before `end` (1-based), and how far down they went."""

    first: int
    end: int
    shift: int


class Edits:
    """What became of the blocks of the version before.

    `before`: these blocks in order, each with the lines of the file before it then. `now`: those of today.
    """

    def __init__(self, before: Sequence[tuple[Block, int]], now: Sequence[Block]) -> None:
        self._before = before
        stay = {id(block) for block in now}
        was = {id(block) for block, _ in before}
        gone: dict[str, list[Block]] = {}
        for block, _ in before:
            if id(block) not in stay:
                gone.setdefault(_defines(block), []).append(block)
        self._now = {id(block): block for block in now if id(block) in was}
        self.earlier: dict[int, Block] = {}
        """By the id of a new block: what defined the same class or function before."""
        for block in now if gone else ():
            if id(block) not in was and (same := gone.get(_defines(block))):
                earlier = self.earlier[id(block)] = same.pop(0)
                self._now[id(earlier)] = block
        self.gone = [block for block, _ in before if id(block) not in self._now]
        """Blocks that nothing has come of."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self._now) < len(self._before) or bool(self.earlier)

    @cached_property
    def lines(self) -> Lines:
        return Lines(
            kept
            for block, start in self._before
            if (now := self._now.get(id(block))) is not None
            for kept in _unedited(block.text, start, now.text, now.start)
        )


class Lines:
    """Where the lines of the earlier version are now. `kept` is in order; lines in between are gone."""

    def __init__(self, kept: Iterable[Kept]) -> None:
        self._kept = list(kept)
        self._firsts = [each.first for each in self._kept]

    def finding(self, finding: Finding) -> Finding | None:
        """`finding` where it is now, without fixes: what they would edit is being edited."""
        where = self._range(finding.range)
        if where is None:
            return None
        steps = ((step, self._range(step.range)) for step in finding.related if step.path == finding.path)
        related = tuple(replace(step, range=there) for step, there in steps if there is not None)
        return replace(finding, range=where, related=related, fixes=())

    def function(self, said: FunctionVerdicts) -> FunctionVerdicts | None:
        """The verdicts of a function, edited or not, if its first line is still there."""
        first, end = self._at(said.range.start), self._end(said.range.end)
        if first is None or end is None:
            return None
        where = Range(_down(said.range.start, first), end)
        return replace(said, range=where, sources=tuple(map(self._source, said.sources)))

    def _end(self, where: Position) -> Position | None:
        """Where something ends whose last lines may be edited: above the next lines that stay."""
        kept = self._at(where)
        if kept is not None:
            return _down(where, kept)
        below = self._kept[bisect_right(self._firsts, where.line) :][:1]
        return Position(below[0].first + below[0].shift - 1, where.column) if below else None

    def _source(self, said: SourceVerdict) -> SourceVerdict:
        found = ((each, self._on(each.line)) for each in said.breaks)
        breaks = tuple(BreakAt(each.line + kept.shift, each.code) for each, kept in found if kept is not None)
        return replace(said, breaks=breaks)

    def _range(self, where: Range) -> Range | None:
        kept = self._at(where.start)
        if kept is None or where.end.line >= kept.end:
            return None
        return Range(_down(where.start, kept), _down(where.end, kept))

    def _at(self, where: Position) -> Kept | None:
        return self._on(where.line)

    def _on(self, line: int) -> Kept | None:
        at = bisect_right(self._firsts, line) - 1
        return self._kept[at] if at >= 0 and line < self._kept[at].end else None


def _defines(block: Block) -> str:
    """The name of the class or function that a block defines, empty if it defines none."""
    match = _DEFINED.search(block.text)
    return match[1] if match else ""


def _unedited(before: str, start: int, after: str, start_after: int) -> tuple[Kept, ...]:
    """The lines that two texts have in common at their beginnings and ends.

    `start` and `start_after`: the lines of the file before each of them.
    """
    if before == after:
        return (Kept(start + 1, start + 1 + _count(before), start_after - start),)
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    limit = min(len(old), len(new))
    head = _alike(old, new, limit)
    tail = _alike(old[::-1], new[::-1], limit - head)
    first, end, shift = start + 1, start + 1 + len(old), start_after - start
    return Kept(first, first + head, shift), Kept(end - tail, end, shift + len(new) - len(old))


def _count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n"))


def _alike(old: Sequence[str], new: Sequence[str], limit: int) -> int:
    """How many items at the beginning are the same, `limit` at most."""
    return next((at for at in range(limit) if old[at] != new[at]), limit)


def _down(where: Position, kept: Kept) -> Position:
    return Position(where.line + kept.shift, where.column)
