"""Rewrite a program so that every expression reports its value, at its true line and column.

`x = pred.argmax(1) + b` becomes `x = f(4, f(3, f(1, f(0, pred).argmax(1)) + f(2, b)))`, where `f` is the
frame of the recorder. The order of evaluation, the scopes and the line numbers stay as they were; a
zero-argument `super()` still works, because every call is made where it was written.
"""

from __future__ import annotations

import ast
from typing import Any, cast

from .expressions import Expressions
from .sites import (
    ENTER,
    FRAME,
    SYMBOLS,
    Site,
    names_of,
    site_of,
    sites_in,
    tuple_of,
)


class Instrumenter(Expressions):
    """Rewrites the statements of one module, and the expressions in them."""

    def __init__(self, sites: list[Site | None], path: str, text: str) -> None:
        super().__init__(sites, path, text)
        self.stores: dict[ast.expr, tuple[str, int, list[int]]] = {}
        """Targets of assignments that are not rewritten yet, with the site that reports the assignment."""
        self.operators: dict[ast.expr, str] = {}

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        node.value = self._do(node.value)
        names = [t.id for t in node.targets if isinstance(t, ast.Name)]
        node.value = self._wrap(node.value, self._site("assign", node, "", sites_in(node.value), names))
        value_site = site_of(node.value)
        after: list[ast.stmt] = []
        for at, target in enumerate(node.targets):
            after += self._after_store(node, target, value_site)
            node.targets[at] = self._do(target)
        return [node, *after]

    def _after_store(self, node: ast.stmt, target: ast.expr, value: int | None) -> list[ast.stmt]:
        children = [] if value is None else [value]
        if isinstance(target, (ast.Tuple, ast.List)):
            names = names_of(target)
            number = self._site("unpack", target, "", children, names)
            return [self._report(node, number, tuple_of(names))] if names else []
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            kind = "setitem" if isinstance(target, ast.Subscript) else "setattr"
            number = self._reserve()
            self.stores[target] = (kind, number, children)
            return [self._report(node, number, ast.Constant(None))]
        return []

    def _finish_store(self, node: ast.expr, op: str) -> None:
        """The sites of a target's base and index are known only after the target itself was rewritten."""
        store = self.stores.pop(node, None)
        if store is not None:
            kind, number, children = store
            base = site_of(cast(ast.Attribute, node).value)
            names = [node.attr] if isinstance(node, ast.Attribute) else []
            self._site(kind, node, op, sites_in(node) + children, names, receiver=base, number=number)

    def visit(self, node: ast.AST) -> Any:
        done = super().visit(node)
        if isinstance(node, (ast.Subscript, ast.Attribute)) and node in self.stores:
            self._finish_store(node, self.operators.pop(node, "[...] ="))
        return done

    def visit_AnnAssign(self, node: ast.AnnAssign) -> object:
        if node.value is None:
            return node
        node.value = self._do(node.value)
        names = [node.target.id] if isinstance(node.target, ast.Name) else []
        node.value = self._wrap(node.value, self._site("assign", node, "", sites_in(node.value), names))
        after = self._after_store(node, node.target, site_of(node.value))
        node.target = self._do(node.target)
        return [node, *after]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        op = SYMBOLS.get(type(node.op), "?") + "="
        position = self._between(node.target, node.value, op)
        node.value = self._do(node.value)
        if isinstance(node.target, ast.Name):
            number = self._site(
                "augmented", node, op, sites_in(node.value), [node.target.id], position=position
            )
            return [node, self._report(node, number, ast.Name(node.target.id, ast.Load()))]
        self.operators[node.target] = op
        after = self._after_store(node, node.target, site_of(node.value))
        node.target = self._do(node.target)
        return [node, *after]

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        if node.value is not None:
            node.value = self._do(node.value)
            node.value = self._wrap(
                node.value, self._site("return", node, "return", sites_in(node.value), ["return"])
            )
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        node.iter = self._iterated(node.iter, node.target, None)
        node.target = self._do(node.target)
        names = names_of(node.target)
        body = self._block(node.body)
        if names:
            number = self._site("loop", node.target, "", sites_in(node.iter), names)
            body.insert(0, self._report(node, number, tuple_of(names)))
        node.body, node.orelse = body, self._block(node.orelse)
        return node

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            done += result if isinstance(result, list) else [result]
        return done

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self._function(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        self._function(node)
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        at = node.decorator_list[0] if node.decorator_list else node
        self.functions.append(".".join([*self.functions[-1:], node.name]))
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        number = self._site("enter", at, node.name, names=[a.arg for a in every])
        body = self._block(node.body)
        self.functions.pop()
        hook = ast.Call(ast.Name(ENTER, ast.Load()), [ast.Constant(number)], [])
        first = ast.Assign([ast.Name(FRAME, ast.Store())], hook)
        for inner in ast.walk(first):
            if isinstance(inner, (ast.expr, ast.stmt)):
                inner.lineno = inner.end_lineno = node.lineno
                inner.col_offset = inner.end_col_offset = node.col_offset
        documented = (
            bool(body) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        )
        body.insert(1 if documented else 0, first)
        node.body = body

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        self.functions.append(".".join([*self.functions[-1:], node.name]))
        node.body = self._block(node.body)
        self.functions.pop()
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        return node

    def visit_Delete(self, node: ast.Delete) -> ast.stmt:
        return node

    def visit_match_case(self, node: ast.AST) -> ast.AST:
        """Patterns hold names and values that must stay as they are."""
        guard = getattr(node, "guard", None)
        if guard is not None:
            node.guard = self._do(guard)  # type: ignore[attr-defined]
        node.body = self._block(node.body)  # type: ignore[attr-defined]
        return node


def instrument(text: str, path: str, sites: list[Site | None]) -> ast.Module:
    """The module of `text`, rewritten. Raises SyntaxError; appends to `sites`."""
    return cast(ast.Module, Instrumenter(sites, path, text).visit(ast.parse(text, path)))
