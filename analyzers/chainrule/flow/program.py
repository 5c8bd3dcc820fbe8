"""A file as a program: its top-level names, found without parsing and parsed when somebody asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from chainrule.names import Names
from chainrule.syntax import Block, parse_block, split_blocks

if TYPE_CHECKING:
    from chainrule.flow.values import Value

_HEAD = re.compile(
    r"(?:@[^\n]*\n(?:[^\S\n]+[^\n]*\n|[)\]}][^\n]*\n|\s*#[^\n]*\n|\s*\n)*)*"
    r"(?:(?:async\s+)?(def|class)\s+(\w+)|(from|import)\b|(\w+)\s*(?::[^=\n]+)?=(?!=)|(\w+))"
)


class Project(Protocol):
    """What an analysis may ask about other files. Answers may be None ("not known", "not yet")."""

    def module(self, dotted: str, importer: Module) -> Module | None:
        """The analysed module called `dotted`, where its source is part of the workspace."""


class Scope:
    """The names of one function call, or of one class body, and where to look further."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent


class Module:
    """One file. `package` is its dotted package, for relative imports."""

    def __init__(self, text: str, path: str, package: str = "", blocks: list[Block] | None = None) -> None:
        self.text = text
        self.path = path
        self.blocks = split_blocks(text) if blocks is None else blocks
        self.names = Names(package)
        self.globals: dict[str, Value] = {}
        self.scope = Scope()
        self._bindings: dict[str, list[Block]] = {}
        self._other: list[Block] = []
        self._statements: dict[str, tuple[Block, ast.stmt]] = {}
        self._indexed_other = False
        for block in self.blocks:
            self._index(block)

    def _index(self, block: Block) -> None:
        head = _HEAD.match(block.text)
        if head is None:
            return
        if head.group(1):
            self._bindings.setdefault(head.group(2), []).append(block)
        elif head.group(3):
            self._other.append(block)
            self.names.add(parse_block(block).body)
        elif head.group(4):
            self._bindings.setdefault(head.group(4), []).append(block)
        elif head.group(5):
            self._other.append(block)
            if head.group(5) in ("try", "if", "with"):
                self.names.add(parse_block(block).body)

    @property
    def unnamed(self) -> list[Block]:
        """The blocks that bind names in ways that only a parse shows (imports, `if`, `try`, scripts)."""
        return self._other

    def bound_in(self, names: frozenset[str]) -> Iterator[Block]:
        """The blocks that bind one of `names`."""
        for name in names & self._bindings.keys():
            yield from self._bindings[name]

    def binding(self, name: str) -> tuple[Block, ast.stmt] | None:
        """The top-level statement that binds `name`, with its block. The last one wins."""
        found = self._statements.get(name)
        if found is not None:
            return found
        for block in reversed(self._bindings.get(name, [])):
            for statement in parse_block(block).body:
                self._remember(block, statement)
            found = self._statements.get(name)
            if found is not None:
                return found
        if not self._indexed_other:
            self._indexed_other = True
            for block in self._other:
                for statement in _nested(parse_block(block).body):
                    self._remember(block, statement)
        return self._statements.get(name)

    def _remember(self, block: Block, statement: ast.stmt) -> None:
        for name in _bound(statement):
            self._statements.setdefault(name, (block, statement))

    def statements(self) -> Iterator[tuple[Block, ast.stmt]]:
        """Every top-level statement in order; parses the whole file."""
        for block in self.blocks:
            for statement in parse_block(block).body:
                yield block, statement


def _nested(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for field in ("body", "orelse", "handlers", "finalbody"):
            for child in getattr(statement, field, ()):
                if isinstance(child, ast.ExceptHandler):
                    yield from _nested(child.body)
                elif isinstance(child, ast.stmt) and not isinstance(
                    statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
                ):
                    yield from _nested([child])


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name):
                    yield node.id
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id
    elif isinstance(statement, (ast.For, ast.With)):
        targets = (
            [statement.target]
            if isinstance(statement, ast.For)
            else [item.optional_vars for item in statement.items if item.optional_vars is not None]
        )
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name):
                    yield node.id
