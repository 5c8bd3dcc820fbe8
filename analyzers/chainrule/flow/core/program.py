"""A file as a program: its top-level names, found without parsing and parsed when somebody asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chainrule.flow.core.contents import Contents
from chainrule.flow.core.triggers import may_help, repeats_steps
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.names import Names
from chainrule.syntax import Block, parse_block, split_blocks, walk_tree

if TYPE_CHECKING:
    from chainrule.flow.core.values import Value

# How the text of a block that defines something begins.
_DEFINES = ("def ", "class ", "@", "async ")
_HEAD = re.compile(
    r"(?:@[^\n]*\n(?:[^\S\n]+[^\n]*\n|[)\]}][^\n]*\n|\s*#[^\n]*\n|\s*\n)*)*"
    r"(?:(?:async\s+)?(def|class)\s+(\w+)|(from|import)\b|(\w+)\s*(?::[^=\n]+)?=(?!=)|(\w+))"
)
_DECORATORS = re.compile(r"^@(\w+)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d]\w*")
_NETWORK = re.compile(r"(?:@[^\n]*\n)*class\s+(\w+)\s*\([^)]*Module\s*[,)]")


class Lookup(NamedTuple):
    """One module that was looked for, and the `state` of its file then: another one when it has changed."""

    dotted: str
    importer: str
    package: str
    state: str


class Use(NamedTuple):
    """What other files do with the objects of the class `owner` of the file `path`.

    `names`: attributes and methods of it, separated by spaces. `found`: those that other files compute with.
    """

    owner: str
    names: str
    path: str
    found: str = ""


class Project(Protocol):
    """What an analysis may ask about other files. Answers may be None ("not known", "not yet")."""

    def package_of(self, path: str) -> str:
        """The dotted package of a file, for its relative imports."""

    def begin(self, module: Module) -> None:
        """`module` is analysed from here on."""

    def module(self, dotted: str, importer: Module) -> Module | None:
        """The analysed module called `dotted`, where its source is part of the workspace."""

    def consulted(self) -> frozenset[Lookup]:
        """What was looked up since `begin`."""

    def unchanged(self, lookups: frozenset[Lookup]) -> bool:
        """Whether every lookup would give what it gave then."""

    def used(self, use: Use, ask: bool) -> frozenset[str] | None:
        """The names of `use` that other files compute with which may hold an object of its class.

        Not `ask`: nothing is read for the answer; None where it is not known then, or not known yet.
        """


class Scope:
    """The names of one function call, or of one class body, and where to look further.

    `outside`: the names that the function declares as nonlocal.
    """

    __slots__ = ("names", "outside", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.outside: frozenset[str] = frozenset()


class Module:
    """One file. `package` is its dotted package, for relative imports."""

    def __init__(self, text: str, path: str, package: str = "", blocks: list[Block] | None = None) -> None:
        self.text = text
        self.path = path
        self.blocks = split_blocks(text) if blocks is None else blocks
        self.package = package
        self.globals: dict[str, Value] = {}
        self.contents = Contents()
        self.absent: set[str] = set()
        """Names that were asked for and are bound nowhere in the file."""
        self.scope = Scope()
        self._bindings: dict[str, list[Block]] = {}
        self._other: list[Block] = []
        self._statements: dict[str, tuple[Block, ast.stmt]] = {}
        self._indexed_other = False
        self._calling: dict[str, list[Block]] = {}
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
        elif head.group(4):
            self._bindings.setdefault(head.group(4), []).append(block)
        elif head.group(5):
            self._other.append(block)

    @cached_property
    def names(self) -> Names:
        """What the file's import statements bind."""
        table = Names(self.package)
        for block in self._other:
            if "import" in block.text:
                table.add(parse_block(block).body)
        return table

    @cached_property
    def script_start(self) -> Block | None:
        """The block that stands for the module's own statements, if they run a backward pass."""
        if "backward(" not in self.text and "autograd.grad(" not in self.text:
            return None
        texts = [each.text for each in self.blocks]
        script = [text for text in texts if not text.startswith(_DEFINES)]
        runs = any("backward(" in text or "autograd.grad(" in text for text in script)
        return self.blocks[-1] if runs or repeats_steps(script, texts) else None

    @cached_property
    def alone(self) -> Module:
        """The same file with values of its own, for runs that look at no other file."""
        twin = Module(self.text, self.path, self.package, self.blocks)
        twin.names = self.names
        return twin

    @cached_property
    def modules(self) -> Mapping[str, Block]:
        """The classes that are modules by what they derive from, whatever calls them."""
        heads = ((_NETWORK.match(block.text), block) for block in self.blocks if "class " in block.text)
        return {head[1]: block for head, block in heads if head is not None}

    @cached_property
    def networks(self) -> Mapping[str, Block]:
        """The classes with a `forward` that no other class names: what is trained, no part and no loss."""
        classes = [block for block in self.blocks if "class " in block.text]
        found = {
            name: block
            for name, block in self.modules.items()
            if "def forward(" in block.text and LOSS_WORDS.isdisjoint(words(name)[-1:])
        }
        for block in classes if len(found) > 1 else ():
            for name in _words(block) & found.keys():
                if found[name] is not block:
                    del found[name]
        return found

    def forget_values(self) -> None:
        """Let go of what runs have computed for its names: values and modules hold one another."""
        self.globals.clear()
        self.contents = Contents()
        twin = self.__dict__.pop("alone", None)
        if twin is not None:
            twin.forget_values()

    @cached_property
    def helps(self) -> bool:
        """Whether what other files import from here can do something to a gradient."""
        return may_help(self.text)

    def reexports(self, name: str) -> bool:
        """Whether `name` comes from another module by way of this one."""
        return name in self.names.bound or bool(self.names.stars)

    def filling(self, name: str) -> Iterator[Block]:
        """The blocks that may change what the top-level `name` holds: by a decorator, or by naming it."""
        yield from self.registrations.get(name, ())
        for block in self._other:
            text = block.text
            if text.startswith((f"{name}[", f"{name}.")) or (
                text.startswith("for ") and f" in {name}.parameters()" in text
            ):
                yield block

    @cached_property
    def registrations(self) -> dict[str, list[Block]]:
        """Decorated definitions by the names that their decorators, functions of this file, mention."""
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            for decorator in _decorators(block) if block.text.startswith("@") else ():
                mentioned = {decorator}
                for defined in self._bindings.get(decorator, ()):
                    mentioned.update(_WORD.findall(defined.text))
                for name in mentioned & self._bindings.keys():
                    found.setdefault(name, []).append(block)
        return found

    @property
    def unnamed(self) -> list[Block]:
        """The blocks that bind names in ways that only a parse shows (imports, `if`, `try`, scripts)."""
        return self._other

    @cached_property
    def alive(self) -> frozenset[int]:
        """The ids of its blocks: what is known of others speaks of an earlier text."""
        return frozenset(map(id, self.blocks))

    @property
    def bindings(self) -> Mapping[str, list[Block]]:
        """The blocks that bind each name, as far as no parse is needed to see it."""
        return self._bindings

    def bound_in(self, names: frozenset[str]) -> Iterator[Block]:
        """The blocks that bind one of `names`."""
        for name in names & self._bindings.keys():
            yield from self._bindings[name]
            yield from self.registrations.get(name, ())

    def calling(self, name: str) -> list[Block]:
        """The blocks that may call `name`, which the file defines."""
        found = self._calling.get(name)
        if found is None:
            found = [block for block in self.blocks if f"{name}(" in block.text]
            self._calling[name] = found
        return found

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


def _words(block: Block) -> frozenset[str]:
    known = block.notes.get("all words")
    if not isinstance(known, frozenset):
        known = block.notes["all words"] = frozenset(_WORD.findall(block.text))
    return known


def _decorators(block: Block) -> list[str]:
    """The first names of a block's decorators."""
    known = block.notes.get("decorators")
    if not isinstance(known, list):
        known = block.notes["decorators"] = _DECORATORS.findall(block.text)
    return known


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
            for node in walk_tree(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
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
            for node in walk_tree(target):
                if isinstance(node, ast.Name):
                    yield node.id
