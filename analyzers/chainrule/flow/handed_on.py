"""Functions that return what another function of their file makes: `return reduce(huber(err))`.

No word in them says that it is a number; the text of the other one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainrule.flow.core.program import Module
from chainrule.flow.core.triggers import returns_number
from chainrule.syntax import Block, code_of

# What a statement returns, and where a name is bound that it returns alone.
_RETURNED = re.compile(r"return\b(?:[^\S\n]+(\w+)[^\S\n]*$)?", re.M)
_LENGTH = 160
# What is called by its own name, or on the function's own object.
_CALLED = re.compile(r"(?<![\w.])(self\.)?([a-zA-Z_]\w*)\(")
_MOST = 3
"""Functions that hand a number on to one another."""


def hands_on(module: Module, block: Block, text: str, most: int = _MOST) -> bool:
    """Whether `text`, of a function in `block`, returns what a call gives that makes a number."""
    if most <= 0:
        return False
    for returned in _returned(text):
        for where, made in _called(module, block, returned):
            if returns_number(made) or hands_on(module, where, made, most - 1):
                return True
    return False


def calls_maker(module: Module, code: str) -> bool:
    """Whether a class may hand on what a function of its file makes: it calls one that makes a number."""
    return "return" in code and any(
        f"{name}(" in code and any(map(_makes_number, blocks)) for name, blocks in module.bindings.items()
    )


def _makes_number(block: Block) -> bool:
    if "makes a number" not in block.notes:
        made = block.text.startswith(("def ", "@")) and returns_number(code_of(block))
        block.notes["makes a number"] = made
    return bool(block.notes["makes a number"])


def _returned(text: str) -> Iterator[str]:
    """The texts of what a function returns."""
    for found in _RETURNED.finditer(text):
        begin = found.end()
        if found[1] is not None:
            begin = text.find(f" {found[1]} = ")
        if begin >= 0:
            yield text[begin : begin + _LENGTH]


def _called(module: Module, block: Block, text: str) -> Iterator[tuple[Block, str]]:
    """The functions of the file, and methods of the same block, that a text calls: their blocks and texts."""
    for own, name in set(_CALLED.findall(text)):
        if own:
            code = code_of(block)
            begin = code.find(f"def {name}(")
            if begin >= 0:
                end = code.find("    def ", begin)
                yield block, code[begin : end if end >= 0 else None]
        elif name in module.bindings:
            for found in module.bindings[name]:
                if found is not block and found.text.startswith(("def ", "@")):
                    yield found, code_of(found)
