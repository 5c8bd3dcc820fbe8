"""Where a repair works: one expression of one block, and what may be asked about it.

A *block* is a top-level statement with its own text; every coordinate here is relative to that text.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from chainrule.findings import Applicability, Edit
from chainrule.fixes.layout import settled
from chainrule.fixes.text import SourceText, source_of
from chainrule.fixes.usage import Scope, parents_of, scope_of
from chainrule.names import Names

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ScopeNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to repair a break. Without edits it is shown as disabled, and `reason` says why.

    `imports` are the import statements that the new text needs and the file may lack.
    """

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]
    imports: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class FixSite:
    """The breaking expression `node`, in the `tree` of the block `text`."""

    text: str
    tree: ast.Module
    node: ast.AST
    function: FunctionNode | None
    names: Names
    sources: tuple[str, ...] = ()
    """What loses its gradient here, where the analysis knows: `pred`, `self.head.weight`."""
    note: str = ""
    """What else the analysis knows of the break (`Break.note`)."""
    returns_loss: bool = True
    """Whether what `function` returns is the loss, not something that others go on with."""
    way: tuple[ast.AST, ...] = ()
    """The expressions of the file between the break and the loss, for repairs of several functions."""

    @cached_property
    def source(self) -> SourceText:
        return source_of(self.text)

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        return parents_of(self.tree)

    @cached_property
    def scope(self) -> Scope:
        """Bindings and uses of the names of the enclosing function, or of the whole block."""
        owner = self.parents.get(self.function) if self.function is not None else None
        return scope_of(self.function or self.tree, owner if isinstance(owner, ast.ClassDef) else None)

    def segment(self, node: ast.AST) -> str:
        return self.source.segment(node)

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.parents.get(node)

    def statement(self, node: ast.AST | None = None) -> ast.stmt | None:
        """The innermost statement around a node (the site's own when none is given)."""
        current: ast.AST | None = self.node if node is None else node
        while current is not None and not isinstance(current, ast.stmt):
            current = self.parents.get(current)
        return current

    def plan(self) -> Plan:
        return Plan(self.source, self.names)


@dataclass
class Plan:
    """Edits of one repair while they are collected, with the imports that their text needs."""

    source: SourceText
    names: Names
    edits: list[Edit] = field(default_factory=list)
    imports: dict[str, None] = field(default_factory=dict)

    def spell(self, dotted: str) -> str:
        """How to write a torch name in this file; a missing import is remembered."""
        text, statement = self.names.spell(dotted)
        if statement:
            self.imports[statement] = None
        return text

    def replace(self, node: ast.AST, text: str) -> None:
        start, end = self.source.span(node)
        self.replace_span(start, end, text)

    def replace_span(self, start: int, end: int, text: str) -> None:
        if self.source.text[start:end] != text:
            self.edits.append(Edit(self.source.range(start, end), text))

    def insert(self, offset: int, text: str) -> None:
        self.replace_span(offset, offset, text)

    def repair(self, title: str, applicability: Applicability) -> Repair:
        return Repair(title, applicability, settled(self.source, tuple(self.edits)), tuple(self.imports))


def disabled(title: str, reason: str) -> Repair:
    """A repair that is named but can't be made here."""
    return Repair(title, Applicability.DISPLAY, (), reason=reason)
