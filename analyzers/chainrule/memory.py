"""What an analysis keeps of one file: the blocks that did not change, and what was found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chainrule.findings import FileError, Finding, FunctionVerdicts, Verdict
from chainrule.flow.core.program import Lookup, Module
from chainrule.flow.core.trace import Break, Root
from chainrule.rules.rewrites import Rewrite
from chainrule.syntax import Block

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an outcome while `places` is the same and the blocks `about` are there."""

    places: int
    about: frozenset[int]
    findings: tuple[Finding, ...]
    rewrites: tuple[tuple[str, Finding], ...]
    functions: tuple[FunctionVerdicts, ...]
    errors: tuple[FileError, ...]


@dataclass(slots=True)
class Outcome:
    """What running the roots of one block showed, in terms of its tree: valid wherever the block moves."""

    breaks: list[tuple[Root, Break]] = field(default_factory=list)
    rewrites: list[tuple[Root, str, Rewrite]] = field(default_factory=list)
    verdicts: list[tuple[Root, list[tuple[str, Verdict, list[Break]]]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    roles: list[tuple[Root, dict[str, str]]] = field(default_factory=list)
    """Roles that calls elsewhere in the file gave to the arguments of a root."""
    figures: list[tuple[Root, bool]] = field(default_factory=list)
    """Whether calls elsewhere in the file want nothing but the number that a root gives."""
    consulted: frozenset[Lookup] = frozenset()
    """The other files that were looked at, as they were then."""
    told: Told | None = None

    def blocks(self) -> Iterator[Block]:
        """The blocks that its breaks lie in or lead through."""
        for _, found in self.breaks:
            yield found.block
            yield from (block for block, _ in found.path)


class Environment(NamedTuple):
    """The ids of the blocks that one block can look at, over others.

    `script`: what the file's own statements name, which every block can look at; one set for all blocks of a
    version. `own`: the rest.
    """

    script: frozenset[int]
    own: frozenset[int]


class Memory:
    """Blocks and outcomes of the last version of one file."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[Block]] = {}
        self._outcomes: dict[int, tuple[Environment, Outcome]] = {}
        self._script: frozenset[int] | None = None
        self._own: dict[int, frozenset[int]] = {}
        self._alike: dict[frozenset[int], frozenset[int]] = {}
        """What is known of environments in this version; blocks that name one another share one set."""
        self._names: dict[int, list[Block]] = {}
        self._last: Module | None = None
        """The version before. It keeps its blocks, and so their ids, from being used again too soon."""
        self._suspect: set[int] = set()
        """Blocks that look, over others, at a block that has changed."""
        self._stale: set[int] = set()
        """Blocks with an outcome from another environment than theirs is now."""
        self.places = 0
        """Grows with every version in which a known block stands elsewhere, or the imports are others."""

    def blocks(self, new: list[Block]) -> list[Block]:
        """`new`, with every block that was there before replaced by its parsed self."""
        old = self._blocks
        kept: dict[str, list[Block]] = {}
        result: list[Block] = []
        moved = False
        for block in new:
            same = old.get(block.text)
            if same:
                known = same.pop(0)  # of equal blocks, each stays where it was
                moved = moved or known.start != block.start
                known.start = block.start
                block = known
            kept.setdefault(block.text, []).append(block)
            result.append(block)
        self._blocks = kept
        self._names, self._script, self._own, self._alike = {}, None, {}, {}
        self.places += moved
        if self._outcomes:
            alive = {id(block) for block in result}
            self._outcomes = {key: value for key, value in self._outcomes.items() if key in alive}
        return result

    def begin(self, module: Module) -> None:
        """`module`, made of what `blocks` gave, is the version to speak of: find out what has changed."""
        last, self._last = self._last, module
        self._suspect = set()
        if last is None or not self._outcomes:
            self._stale = set()
            return
        if module.unnamed != last.unnamed:
            self.places += _imports(module) != _imports(last)
            self._stale = set(self._outcomes)
            return
        self._stale &= self._outcomes.keys()
        old, new = last.bindings, module.bindings
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        filled, fills = last.registrations, module.registrations
        changed |= {name for name in filled.keys() | fills.keys() if filled.get(name) != fills.get(name)}
        touched = {id(block) for block in module.blocks if not _words(block).isdisjoint(changed)}
        if touched:
            scripts = {id(each.script): each.script for each, _ in self._outcomes.values()}
            reached = {key for key, script in scripts.items() if not script.isdisjoint(touched)}
            self._suspect = {
                key
                for key, (environment, _) in self._outcomes.items()
                if key not in self._stale
                and (id(environment.script) in reached or not environment.own.isdisjoint(touched))
            }

    def outcome(self, module: Module, block: Block) -> tuple[Outcome, bool] | None:
        """What is known of `block`, and whether nothing that it may look at has changed since."""
        key = id(block)
        known = self._outcomes.get(key)
        if known is None:
            return None
        if key in self._suspect:
            self._suspect.discard(key)
            if known[0] != self._environment(module, block):
                self._stale.add(key)
        return known[1], key not in self._stale

    def keep(self, module: Module, block: Block, outcome: Outcome) -> None:
        self._outcomes[id(block)] = (self._environment(module, block), outcome)
        self._stale.discard(id(block))

    def _environment(self, module: Module, block: Block) -> Environment:
        """The blocks that `block` names, and what they name: all that its functions can look at."""
        if self._script is None:
            self._script = self._reached(module, module.unnamed, frozenset())
        own = self._own.get(id(block))
        if own is None:
            own = self._reached(module, [block], self._script)
            self._own[id(block)] = own = self._alike.setdefault(own, own)
        return Environment(self._script, own)

    def _reached(self, module: Module, start: list[Block], without: frozenset[int]) -> frozenset[int]:
        """The blocks that `start` names, and what they name, in turn; those `without` lead to no others."""
        found = {id(block) for block in start} - without
        pending = [block for block in start if id(block) in found]
        followed: set[int] = set()
        for block in pending:
            if id(block) in followed:
                continue
            known = self._own.get(id(block))
            if known is not None:
                found |= known
                followed |= known
                continue
            for named in self._named(module, block):
                if id(named) not in found and id(named) not in without:
                    found.add(id(named))
                    pending.append(named)
        return frozenset(found)

    def _named(self, module: Module, block: Block) -> list[Block]:
        """The blocks whose names stand in `block`; looked up once a version."""
        known = self._names.get(id(block))
        if known is None:
            known = self._names[id(block)] = list(module.bound_in(_words(block)))
        return known


def _imports(module: Module) -> list[Block]:
    return [block for block in module.unnamed if "import" in block.text]


def _words(block: Block) -> frozenset[str]:
    words = block.notes.get("words")
    if not isinstance(words, frozenset):
        words = frozenset(_NAME.findall(block.text))
        block.notes["words"] = words
    return words
