"""What an analysis keeps of one file: the blocks that did not change, and what was found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chainrule.findings import Verdict
from chainrule.flow.program import Lookup, Module
from chainrule.flow.trace import Break, Root
from chainrule.rules.rewrites import Rewrite
from chainrule.syntax import Block

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Outcome:
    """What running the roots of one block showed, in terms of its tree: valid wherever the block moves."""

    breaks: list[tuple[Root, Break]] = field(default_factory=list)
    rewrites: list[tuple[Root, str, Rewrite]] = field(default_factory=list)
    verdicts: list[tuple[Root, list[tuple[str, Verdict, list[Break]]]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    roles: list[tuple[Root, dict[str, str]]] = field(default_factory=list)
    """Roles that calls elsewhere in the file gave to the arguments of a root."""
    consulted: frozenset[Lookup] = frozenset()
    """The other files that were looked at, as they were then."""


class Memory:
    """Blocks and outcomes of the last version of one file."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[Block]] = {}
        self._outcomes: dict[int, tuple[frozenset[int], Outcome]] = {}
        self._names: dict[int, list[Block]] = {}

    def blocks(self, new: list[Block]) -> list[Block]:
        """`new`, with every block that was there before replaced by its parsed self."""
        old = self._blocks
        kept: dict[str, list[Block]] = {}
        result: list[Block] = []
        for block in new:
            same = old.get(block.text)
            if same:
                known = same.pop()
                known.start = block.start
                block = known
            kept.setdefault(block.text, []).append(block)
            result.append(block)
        self._blocks = kept
        self._names = {}
        if not self._outcomes:
            return result
        alive = {id(block) for block in result}
        self._outcomes = {key: value for key, value in self._outcomes.items() if key in alive}
        return result

    def outcome(self, module: Module, block: Block) -> tuple[Outcome, bool] | None:
        """What is known of `block`, and whether nothing that it may look at has changed since."""
        known = self._outcomes.get(id(block))
        if known is None:
            return None
        return known[1], known[0] == self._environment(module, block)

    def keep(self, module: Module, block: Block, outcome: Outcome) -> None:
        self._outcomes[id(block)] = (self._environment(module, block), outcome)

    def _environment(self, module: Module, block: Block) -> frozenset[int]:
        """The blocks that `block` names, and what they name: all that its functions can look at."""
        found: set[int] = set()
        pending = [block, *module.unnamed]
        while pending:
            current = pending.pop()
            if id(current) not in found:
                found.add(id(current))
                pending.extend(self._named(module, current))
        return frozenset(found)

    def _named(self, module: Module, block: Block) -> list[Block]:
        """The blocks whose names stand in `block`; looked up once a version."""
        known = self._names.get(id(block))
        if known is None:
            known = self._names[id(block)] = list(module.bound_in(_words(block)))
        return known


def _words(block: Block) -> frozenset[str]:
    words = block.notes.get("words")
    if not isinstance(words, frozenset):
        words = frozenset(_NAME.findall(block.text))
        block.notes["words"] = words
    return words
