"""The terminal: exit statuses, messages to the user, colour, and the width of characters."""

from __future__ import annotations

import os
import sys
import unicodedata
from dataclasses import dataclass
from typing import TextIO

EXIT_CLEAN = 0
EXIT_FOUND = 1
EXIT_TROUBLE = 2


class UsageError(Exception):
    """The command cannot be carried out as asked. The message says why, and what to do."""


def complain(message: str) -> None:
    print(f"chainrule: {message}", file=sys.stderr)


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`, `2 fixes`."""
    ending = "" if count == 1 else "es" if noun.endswith("x") else "s"
    return f"{count} {noun}{ending}"


@dataclass(frozen=True, slots=True)
class Style:
    """How a stream is written to: in colour or not, with box-drawing characters or in ASCII."""

    colour: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """NO_COLOR and FORCE_COLOR win over what the stream is (https://no-color.org, force-color.org)."""
        environment = os.environ
        if environment.get("NO_COLOR"):
            colour = False
        elif environment.get("FORCE_COLOR"):
            colour = True
        else:
            colour = stream.isatty() and environment.get("TERM") != "dumb"
        try:
            "│─⋮".encode(stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return cls(colour, unicode=False)
        return cls(colour)

    def paint(self, codes: str, text: str) -> str:
        """`text` in the SGR codes `codes` (`"1;31"` is bold red)."""
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and text else text


def width(text: str) -> int:
    """How many terminal cells `text` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """`text` with tabs as four spaces and control characters as visible signs, one cell each."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    if character < " ":
        return chr(0x2400 + ord(character))
    return (
        character
        if unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        else "\N{REPLACEMENT CHARACTER}"
    )
