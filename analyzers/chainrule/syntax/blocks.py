"""Split a file into top-level blocks, each parsed on its own and only when somebody needs it.

One mechanism serves three needs: an edit costs the parse of one block, a syntax error blinds one
block, and a batch run never parses what cannot hold a finding. Line numbers inside a block are
relative to it (its first line is 1), so a block that only moved keeps its tree and its results.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field

# Strings and comments are skipped; a name or decorator in column 0 outside them starts a statement.
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"|\#[^\n]*"
    r"|(?:^|(?<=\n))[A-Za-z_@](?=(\w*))",
    re.DOTALL,
)
_IMPORTS = frozenset(("import", "from"))
_CONTINUES = frozenset(("else", "elif", "except", "finally"))
_MAX_BROKEN_LINES = 40


@dataclass(slots=True, eq=False)
class Block:
    """Consecutive lines of a file that hold one top-level statement (or a run of simple ones)."""

    text: str
    start: int
    """Lines of the file before the block."""
    tree: ast.Module | None = None
    error: SyntaxError | None = None
    blanked: tuple[int, ...] = ()
    """Lines (relative, 1-based) that had to be left out to parse the rest."""
    notes: dict[str, object] = field(default_factory=dict)
    """What later layers remember of the block; dropped with it when its text changes."""


def split_blocks(text: str) -> list[Block]:
    """The blocks of `text`, in order; joined, their texts are `text` again."""
    starts = [0]
    decorated = importing = False
    for match in _TOKEN.finditer(text):
        word = match.group(1)
        if word is None:
            continue
        at = match.start()
        first = text[at]
        if first == "@":
            if not decorated:
                starts.append(at)
            decorated = True
        elif first + word in _CONTINUES:
            continue
        elif decorated:
            decorated = False
        elif first + word in _IMPORTS:
            if not importing:
                starts.append(at)
            importing = True
            continue
        else:
            starts.append(at)
        importing = False
    blocks = []
    line = 0
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if begin == end:
            continue
        piece = text[begin:end]
        blocks.append(Block(piece, line))
        line += piece.count("\n")
    return blocks


def parse_block(block: Block) -> ast.Module:
    """The tree of `block`; lines that do not parse are left out and listed in `block.blanked`."""
    if block.tree is None:
        try:
            block.tree = _parse(block.text)
        except SyntaxError as error:
            block.error = error
            block.tree = _recover(block, error)
    return block.tree


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error), ("<block>", 1, 1, "")) from error


def _recover(block: Block, error: SyntaxError) -> ast.Module:
    """Replace the line of each error with `pass` at its indentation until the rest parses."""
    lines = block.text.split("\n")
    blanked: list[int] = []
    current: SyntaxError = error
    for _ in range(_MAX_BROKEN_LINES):
        number = min(max(current.lineno or 1, 1), len(lines))
        while number > 1 and (number in blanked or not lines[number - 1].strip()):
            number -= 1
        if number in blanked:
            break
        line = lines[number - 1]
        lines[number - 1] = line[: len(line) - len(line.lstrip())] + "pass"
        blanked.append(number)
        try:
            tree = _parse("\n".join(lines))
        except SyntaxError as again:
            current = again
        else:
            block.blanked = tuple(sorted(blanked))
            return tree
    block.blanked = tuple(range(1, len(lines) + 1))
    return ast.Module(body=[], type_ignores=[])
