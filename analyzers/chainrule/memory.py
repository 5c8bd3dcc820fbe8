"""What an analysis keeps of one file: the blocks that did not change, and what was found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from chainrule.findings import FileError, Finding, FunctionVerdicts, Verdict
from chainrule.flow.core.given import Asked
from chainrule.flow.core.networks import asked_of, callers, is_called
from chainrule.flow.core.program import Lookup, Module
from chainrule.flow.core.roles import is_network
from chainrule.flow.core.titles import class_called
from chainrule.flow.core.trace import Break, Root
from chainrule.flow.outside import Outside
from chainrule.moving import Edits, Lines
from chainrule.rules.rewrites import Rewrite
from chainrule.syntax import Block

# Characters of blocks that are remembered after they have gone: a quote that somebody types hides many.
_MOST_AWAY = 100_000
_NAME = re.compile(r"[^\W\d]\w*")
_ARGUMENTS = re.compile(r"\bdef\s+\w+\(([^)]*)")


LATER = ""
"""In place of a file's text: fixes that depend on more of it than a block wait until nobody types."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an outcome while `places` is the same and the blocks `about` are there."""

    places: int
    about: frozenset[int]
    findings: tuple[Finding, ...]
    rewrites: tuple[tuple[str, Finding], ...]
    functions: tuple[FunctionVerdicts, ...]
    errors: tuple[FileError, ...]
    file: str | None = None
    """The text of the file, where fixes depend on more of it than on the block."""

    def still_holds(self, places: int, module: Module, quick: bool) -> bool:
        """Whether it can be said again of `module`; where it has to be `quick`, also what lacks fixes."""
        if self.places != places or not self.about <= module.alive:
            return False
        return self.file in (None, module.text) or (quick and self.file == LATER)

    def moved(self, lines: Lines) -> Told:
        """The same of the next version: what was said of lines that are still there."""
        findings = map(lines.finding, self.findings)
        rewrites = ((code, lines.finding(finding)) for code, finding in self.rewrites)
        functions = map(lines.function, self.functions)
        return Told(
            self.places,
            frozenset(),
            tuple(each for each in findings if each is not None),
            tuple((code, each) for code, each in rewrites if each is not None),
            tuple(each for each in functions if each is not None),
            self.errors,
        )


@dataclass(slots=True)
class Outcome:
    """What running the roots of one block showed, in terms of its tree: valid wherever the block moves."""

    breaks: list[tuple[Root, Break]] = field(default_factory=list)
    rewrites: list[tuple[Root, str, Rewrite]] = field(default_factory=list)
    verdicts: list[tuple[Root, list[tuple[str, Verdict, list[Break]]]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    roles: list[tuple[Root, dict[str, str]]] = field(default_factory=list)
    """Roles that calls elsewhere in the file gave to the arguments of a root."""
    figures: list[tuple[Root, frozenset[str], bool]] = field(default_factory=list)
    """Whether calls elsewhere in the file want nothing but the number that a root gives, which cuts these."""
    outside: list[Outside] = field(default_factory=list)
    """Who else uses the layers that the output of a network can't train."""
    given: list[tuple[Asked, str]] = field(default_factory=list)
    """What calls elsewhere in the file give to arguments."""
    consulted: frozenset[Lookup] = frozenset()
    """The other files that were looked at, as they were then."""
    told: Told | None = None
    version: int = 0
    """The version that `told` was last told of."""
    steps: int = 0
    """What the runs took: the expressions that were evaluated."""
    waits: bool = False
    """The block has not been run since it was edited: what is told was said of it before."""

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
        self.version = 0
        self.edits = Edits((), ())
        """What this version changed."""
        self._earlier: dict[int, Outcome] = {}
        """Outcomes of the earlier texts of blocks that were edited, by the ids of the new ones."""
        self._row: list[tuple[Block, int]] = []
        self._away: list[Block] = []
        """Blocks that have gone, the last ones first, with their outcomes: they may be back soon."""
        self._back: set[int] = set()

    def blocks(self, new: list[Block]) -> list[Block]:
        """`new`, with every block that was there before replaced by its parsed self."""
        old = self._blocks
        kept: dict[str, list[Block]] = {}
        result: list[Block] = []
        moved = False
        away: dict[str, list[Block]] = {}
        for block in self._away:
            away.setdefault(block.text, []).append(block)
        for block in new:
            same = old.get(block.text) or away.get(block.text)
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
        self.version += 1
        self.edits = Edits(self._row, result)
        self._row = [(block, block.start) for block in result]
        self._back = {id(block) for block in self._away} & {id(block) for block in result}
        self._away = _last_of([*self.edits.gone, *(b for b in self._away if id(b) not in self._back)])
        if self._outcomes:
            earlier = self.edits.earlier.items()
            outcomes = ((key, self._outcomes.get(id(block))) for key, block in earlier)
            self._earlier = {key: outcome[1] for key, outcome in outcomes if outcome is not None}
            kept_ids = {id(block) for block in (*result, *self._away)}
            self._outcomes = {key: value for key, value in self._outcomes.items() if key in kept_ids}
        return result

    def begin(self, module: Module) -> None:
        """`module`, made of what `blocks` gave, is the version to speak of: find out what has changed."""
        last, self._last = self._last, module
        names = module.names  # read in every version: an error in an import is told in each, or in none
        self._suspect = set()
        if last is None or not self._outcomes:
            self._stale = set()
            return
        if module.unnamed != last.unnamed:
            self.places += _imports(module) != _imports(last)
            self._stale = set(self._outcomes)
            if not names.binds_as(last.names):  # what was found with other imports
                for block in (*module.blocks, *self._away):
                    block.notes.clear()
            return
        self._stale &= self._outcomes.keys()
        old, new = last.bindings, module.bindings
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        filled, fills = last.registrations, module.registrations
        changed |= {name for name in filled.keys() | fills.keys() if filled.get(name) != fills.get(name)}
        touched = {id(block) for block in module.blocks if not _words(block).isdisjoint(changed)}
        if not changed.isdisjoint(last.modules.keys() | module.modules.keys()):
            touched |= {id(block) for block in module.blocks if _may_be_given_network(block)}
        if touched:
            scripts = {id(each.script): each.script for each, _ in self._outcomes.values()}
            reached = {key for key, script in scripts.items() if not script.isdisjoint(touched)}
            self._suspect = {
                key
                for key, (environment, _) in self._outcomes.items()
                if key not in self._stale
                and (id(environment.script) in reached or not environment.own.isdisjoint(touched))
            }
        self._suspect |= (self._back & self._outcomes.keys()) - self._stale

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

    def earlier(self, block: Block) -> Outcome | None:
        """What was known of `block` before its text was edited, if it was told of the last version."""
        known = self._earlier.get(id(block))
        return known if known is not None and known.version == self.version - 1 else None

    def put_off(self, module: Module, block: Block, earlier: Outcome) -> Outcome:
        """An outcome for the time until `block` is run again: what was told `earlier` of unedited lines."""
        outcome = Outcome(consulted=earlier.consulted, told=earlier.told, steps=earlier.steps, waits=True)
        outcome.version = earlier.version
        self.keep(module, block, outcome)
        self._stale.add(id(block))
        return outcome

    def moved(self, outcome: Outcome) -> Told:
        """What was told of the last version, at its places in this one."""
        if outcome.told is None or outcome.version < self.version - 1:
            return Told(0, frozenset(), (), (), (), ())
        return outcome.told if outcome.version == self.version else outcome.told.moved(self.edits.lines)

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
            trains = "backward(" in block.text or ".parameters(" in block.text
            if trains or _may_be_given_network(block):
                known.extend(module.modules.values())
            if trains:  # … or what the calls give
                known.extend(callers(module, block))
        return known


def _last_of(blocks: list[Block]) -> list[Block]:
    """As many of `blocks` as may be remembered, from the first on."""
    room = accumulate(len(block.text) for block in blocks)
    return [block for block, taken in zip(blocks, room, strict=True) if taken <= _MOST_AWAY]


def _imports(module: Module) -> list[Block]:
    return [block for block in module.unnamed if "import" in block.text]


def _may_be_given_network(block: Block) -> bool:
    """Whether a block calls something `model`, which is the one network of its file, or uses one like it."""
    known = block.notes.get("given network")
    if not isinstance(known, bool):
        known = any(map(is_network, _words(block))) or any(
            is_called(name, block.text) or asked_of(name, block) for name in _arguments(block)
        )
        block.notes["given network"] = known
    return known


def _arguments(block: Block) -> frozenset[str]:
    """The names of the arguments of a block's functions."""
    names = block.notes.get("arguments")
    if not isinstance(names, frozenset):
        names = frozenset(name for listed in _ARGUMENTS.findall(block.text) for name in _NAME.findall(listed))
        block.notes["arguments"] = names
    return names


def _words(block: Block) -> frozenset[str]:
    """The names in a block, and those of the classes that its arguments may be called after."""
    words = block.notes.get("words")
    if not isinstance(words, frozenset):
        words = frozenset(_NAME.findall(block.text)) | {class_called(name) for name in _arguments(block)}
        block.notes["words"] = words
    return words
