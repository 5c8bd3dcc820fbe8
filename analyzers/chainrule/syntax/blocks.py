"""Split a file into top-level blocks, each parsed on its own and only when somebody needs it.

One mechanism serves three needs: an edit costs the parse of one block, a syntax error blinds one
block, and a batch run never parses what cannot hold a finding. Line numbers inside a block are
relative to it (its first line is 1), so a block that only moved keeps its tree and its results.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

_STRING = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"|\#[^\n]*",
    re.DOTALL,
)
# A name or a decorator in column 0 starts a statement.
_HEAD = re.compile(r"\n([A-Za-z_@]\w*)")
# What a line ends with that goes on in the next one: a backslash, an open bracket or between two elements.
_GOES_ON = ("\\", ",", "(", "[", "{")
# What begins a statement all the same: whoever types the line above has not closed its bracket yet.
_BEGINS = frozenset(("def", "class", "async", "import", "from", "with", "while", "try", "return"))
_IMPORTS = frozenset(("import", "from"))
_CONTINUES = frozenset(("else", "elif", "except", "finally"))
_MAX_BROKEN_LINES = 40
# A block as large as a file is not parsed that often: somebody may be typing.
_MIN_TRIES = 4
_MAX_PARSED = 100_000
_FAR = 1 << 62  # `position % _FAR` puts "not found" (-1) behind every position
_NOWHERE = (_FAR, _FAR)


@dataclass(slots=True, eq=False)
class Block:
    """Consecutive lines of a file that hold one top-level statement (or a run of simple ones)."""

    text: str
    start: int
    """Lines of the file before the block."""
    tree: ast.Module | None = None
    error: SyntaxError | None = None
    strings: tuple[tuple[int, int], ...] = ()
    """Where the strings of several lines, docstrings mostly, begin and end in the text."""
    blanked: tuple[int, ...] = ()
    """Lines (relative, 1-based) that had to be left out to parse the rest."""
    notes: dict[str, object] = field(default_factory=dict)
    """What later layers remember of the block; dropped with it when its text changes."""


def split_blocks(text: str) -> list[Block]:
    """The blocks of `text`, in order; joined, their texts are `text` again."""
    starts = [0]
    decorated = importing = False
    strings = list(_long_strings(text))
    following = iter(strings)
    string = next(following, _NOWHERE)
    for match in _HEAD.finditer("\n" + text):
        at = match.start()  # in `text`, where the line feed is not that `finditer` sees before it
        while string[1] <= at:
            string = next(following, _NOWHERE)
        if string[0] < at:
            continue
        word = match[1]
        if text.startswith(_GOES_ON, max(at - 2, 0), at) and _is_continued(text, at, word):
            continue
        if word[0] == "@":
            if not decorated:
                starts.append(at)
            decorated = True
        elif word in _CONTINUES:
            continue
        elif decorated:
            decorated = False
        elif word in _IMPORTS:
            if not importing:
                starts.append(at)
            importing = True
            continue
        else:
            starts.append(at)
        importing = False
    blocks = []
    line = first = 0
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if begin == end:
            continue
        piece = text[begin:end]
        last = first
        while last < len(strings) and strings[last][0] < end:
            last += 1
        inside = tuple((start - begin, stop - begin) for start, stop in strings[first:last])
        blocks.append(Block(piece, line, strings=inside))
        first = last
        line += piece.count("\n")
    return blocks


def code_of(block: Block) -> str:
    """The text of `block` with only the line ends of its strings of several lines: what they say is not run.

    It has the lines of the text, and other columns.
    """
    if not block.strings:
        return block.text
    known = block.notes.get("code")
    if not isinstance(known, str):
        parts: list[str] = []
        at = 0
        for begin, end in block.strings:
            parts += (block.text[at:begin], "\n" * block.text.count("\n", begin, end))
            at = end
        known = block.notes["code"] = "".join((*parts, block.text[at:]))
    return known


def _is_continued(text: str, at: int, word: str) -> bool:
    """Whether the end of the line above `at`, where `word` stands, joins the two: no comment does."""
    begins = text[at - 2] != "\\" and (word[0] == "@" or word in _BEGINS)
    return not begins and "#" not in text[text.rfind("\n", 0, at - 1) + 1 : at]


def _long_strings(text: str) -> Iterator[tuple[int, int]]:
    """Where the strings begin and end that go on over several lines, in order.

    Only a triple quote and a backslash at the end of a line can begin one: other lines are not looked at.
    """
    double, single, continued = text.find('"""'), text.find("'''"), text.find("\\\n")
    at = 0  # no string is open here
    while True:
        if -1 < double < at:
            double = text.find('"""', at)
        if -1 < single < at:
            single = text.find("'''", at)
        if -1 < continued < at:
            continued = text.find("\\\n", at)
        found = min(double % _FAR, single % _FAR, continued % _FAR)
        if found == _FAR - 1:
            return
        begin = max(at, text.rfind("\n", at, found) + 1)
        before = text[begin:found]
        if '"' in before or "'" in before or "#" in before:
            at = yield from _strings_of_line(text, begin, found)
        elif found == continued:
            at = found + 2
        else:
            at = _end_of_string(text, found)
            yield found, at


def _end_of_string(text: str, begin: int) -> int:
    """The end of the triple-quoted string that begins at `begin`; the text's end if it is not closed."""
    end = text.find(text[begin : begin + 3], begin + 3)
    if text.find("\\", begin, len(text) if end < 0 else end) >= 0:
        match = _STRING.match(text, begin)
        return match.end() if match else len(text)
    return len(text) if end < 0 else end + 3


def _strings_of_line(text: str, begin: int, found: int) -> Generator[tuple[int, int], None, int]:
    """The long strings that begin on one line, read from its first quote on; the position behind the line."""
    end = text.find("\n", found)
    while match := _STRING.search(text, begin):
        if match.start() > end >= 0:
            break
        begin = match.end()
        if begin > end >= 0:
            yield match.span()
            end = text.find("\n", begin)
    return max(begin, end % _FAR)


def parse_block(block: Block) -> ast.Module:
    """The tree of `block`; lines that do not parse are left out and listed in `block.blanked`."""
    if block.tree is None:
        try:
            block.tree = _parse(block.text)
        except SyntaxError as error:
            block.error = error
            block.tree = _recover(block, error)
    return block.tree


def parses(block: Block) -> bool:
    """Whether the text of `block` has no syntax error. Nothing is left out to find that out."""
    if block.tree is None:
        try:
            block.tree = _parse(block.text)
        except SyntaxError:
            return False
    return block.error is None


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
    for _ in range(max(_MIN_TRIES, min(_MAX_BROKEN_LINES, _MAX_PARSED // len(block.text)))):
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
