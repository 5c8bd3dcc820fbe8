"""What a rewrite rule reports, and how it decides quickly that there is nothing to report."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from chainrule.findings import Severity
from chainrule.fixes import Repair, source_of
from chainrule.fixes.site import ScopeNode
from chainrule.names import Names


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Correct code that has a better form.

    `node` is the expression to mark, `sources` the tensors (arguments, where they can be traced) whose
    gradient it is about; `repair` is None when there is no rewriting here.
    """

    node: ast.AST
    message: str
    repair: Repair | None
    sources: tuple[str, ...]


Words = tuple[tuple[str, ...], ...]
"""Groups of words; a text has to hold one of each group."""

Finder = Callable[[ScopeNode, Names, str, ast.ClassDef | None], Iterator[Rewrite]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteRule:
    """One code. `find` looks for it in one scope whose text may hold it: one that holds the `words`.

    `told_by` are codes that say so and more: where one is reported at the same place, this one is not.
    `doc` is the page, with the headings that every rule has.
    """

    code: str
    name: str
    summary: str
    find: Finder
    words: Words
    doc: str
    told_by: tuple[str, ...] = ()
    severity: Severity = Severity.INFORMATION


def mentions(scope: ScopeNode, text: str, words: Words, owner: ast.ClassDef | None = None) -> bool:
    """Whether the text of a scope holds one of every group: asked before its syntax tree is walked.

    Of a method's words, some may stand where its class (`owner`) makes the attributes.
    """
    if not _block_holds(text, words):
        return False
    if isinstance(scope, ast.Module):
        return True
    source = source_of(text)
    start, end = source.line_start(scope.lineno), source.line_start((scope.end_lineno or scope.lineno) + 1)
    own = text[start:end]
    return any(holds(own, (group,)) for group in words) if owner is not None else holds(own, words)


def holds(text: str, words: Words) -> bool:
    return all(any(word in text for word in group) for group in words)


# Asked once for a block, not again for each of its functions.
_block_holds = lru_cache(maxsize=64)(holds)
