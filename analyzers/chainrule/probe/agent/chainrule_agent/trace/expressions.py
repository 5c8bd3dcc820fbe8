"""Wrap every expression of a module in a report of its value."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeVar, cast

from .sites import (
    BUILTINS,
    FRAME,
    SYMBOLS,
    Site,
    dotted,
    is_module_path,
    names_of,
    site_of,
    sites_in,
)

_Node = TypeVar("_Node", bound=ast.AST)


class Expressions(ast.NodeTransformer):
    """Rewrites expressions; `sites` (shared between modules) grows by one entry per reported place."""

    def __init__(self, sites: list[Site | None], path: str, text: str) -> None:
        self.sites = sites
        self.path = path
        self.lines = text.splitlines()
        self.functions: list[str] = []

    # -- making sites ---------------------------------------------------------------------------

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1

    def _reserve(self) -> int:
        self.sites.append(None)
        return len(self.sites) - 1

    def _site(
        self,
        kind: str,
        at: ast.AST,
        op: str = "",
        children: Sequence[int] = (),
        names: Sequence[str] = (),
        receiver: int | None = None,
        number: int | None = None,
        position: tuple[int, int] | None = None,
        owner: int | None = None,
    ) -> int:
        number = self._reserve() if number is None else number
        line, offset = position or (getattr(at, "lineno", 1), getattr(at, "col_offset", 0))
        column = self._column(line, offset)
        function = self.functions[-1] if self.functions else ""
        self.sites[number] = Site(
            kind, self.path, line, column, op, tuple(children), tuple(names), receiver, owner, function
        )
        return number

    def _wrap(self, node: ast.expr, number: int, method: str = "") -> ast.expr:
        hook: ast.expr = ast.Name(FRAME, ast.Load())
        if method:
            hook = ast.Attribute(hook, method, ast.Load())
        call = ast.Call(hook, [ast.Constant(number), node], [])
        for new in (call, call.func, call.args[0], hook):
            ast.copy_location(new, node)
        if method:
            ast.copy_location(cast(ast.Attribute, hook).value, node)
        call.chainrule_site = number  # type: ignore[attr-defined]
        return call

    def _report(self, node: ast.stmt, number: int, value: ast.expr) -> ast.stmt:
        report = ast.Expr(self._wrap(value, number))
        ast.copy_location(report, node)
        for inner in ast.walk(report):
            if not hasattr(inner, "lineno"):
                ast.copy_location(inner, node)
        return report

    def _do(self, node: _Node) -> _Node:
        return cast(_Node, self.visit(node))

    # -- expressions ----------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not isinstance(node.ctx, ast.Load) or node.id in BUILTINS or node.id.startswith("__"):
            return node
        return self._wrap(node, self._site("name", node, node.id, names=[node.id]))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self._do(node.value)
        if not isinstance(node.ctx, ast.Load):
            return node
        where = self._dot(node)
        return self._wrap(
            node, self._site("attr", node, "." + node.attr, sites_in(node), [node.attr], position=where)
        )

    def _dot(self, node: ast.Attribute) -> tuple[int, int]:
        """Where `.name` begins: its line and UTF-8 offset (of the name, where a blank follows the dot)."""
        line, start = node.end_lineno or node.lineno, (node.end_col_offset or 0) - len(node.attr.encode())
        text = self.lines[line - 1].encode() if line <= len(self.lines) else b""
        return line, start - 1 if text[start - 1 : start] == b"." else start

    def visit_Call(self, node: ast.Call) -> ast.expr:
        receiver, position, op = None, None, dotted(node.func)
        func = node.func
        if isinstance(func, ast.Attribute):
            func.value = self._do(func.value)
            receiver = site_of(func.value)
            if not is_module_path(op):
                op = "." + func.attr
                position = self._dot(func)
        elif not (isinstance(func, ast.Name) and func.id in BUILTINS):
            node.func = self._do(func)
        node.args = [self._do(a) for a in node.args]
        node.keywords = [self._do(k) for k in node.keywords]
        names = [func.attr if isinstance(func, ast.Attribute) else op.rpartition(".")[2]]
        children = sites_in(node)
        return self._wrap(
            node, self._site("call", node, op, children, names, receiver=receiver, position=position)
        )

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        return self._wrap(node, self._site("item", node, "[...]", sites_in(node)))

    def _operator(self, node: ast.expr, op: str, left: ast.expr, right: ast.expr) -> ast.expr:
        line, offset = self._between(left, right, op) or (node.lineno, node.col_offset)
        self.generic_visit(node)
        return self._wrap(node, self._site("op", node, op, sites_in(node), position=(line, offset)))

    def _between(self, left: ast.expr, right: ast.expr, op: str) -> tuple[int, int] | None:
        """Where the operator's token stands, as line and UTF-8 offset."""
        first, last = left.end_lineno or left.lineno, right.lineno
        for line in range(first, last + 1):
            text = self.lines[line - 1].encode() if line <= len(self.lines) else b""
            start = left.end_col_offset or 0 if line == first else 0
            end = right.col_offset if line == last else len(text)
            found = text.find(op.encode(), start, end)
            if found >= 0:
                return line, found
        return None

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return self._operator(node, SYMBOLS.get(type(node.op), "?"), node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return self._operator(node, SYMBOLS.get(type(node.ops[0]), "in"), node.left, node.comparators[0])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return self._wrap(node, self._site("op", node, SYMBOLS.get(type(node.op), "?"), sites_in(node)))

    def _plain(self, node: ast.expr, kind: str, op: str) -> ast.expr:
        self.generic_visit(node)
        return self._wrap(node, self._site(kind, node, op, sites_in(node)))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return self._plain(node, "choice", "and" if isinstance(node.op, ast.And) else "or")

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return self._wrap(node, self._site("choice", node, "if", sites_in(node.body) + sites_in(node.orelse)))

    def visit_List(self, node: ast.List) -> ast.expr:
        return self._plain(node, "container", "[...]") if isinstance(node.ctx, ast.Load) else node

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        if not isinstance(node.ctx, ast.Load):
            self.generic_visit(node)
            return node
        return self._plain(node, "container", "(...)")

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        return self._plain(node, "container", "{...}")

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self._do(node.value)
        names = [node.target.id] if isinstance(node.target, ast.Name) else []
        number = self._site("assign", node, "", sites_in(node.value), names)
        return self._wrap(node, number)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        node.body = self._do(node.body)
        return node

    def _comprehension(
        self, node: ast.expr, elements: list[ast.expr], generators: list[ast.comprehension]
    ) -> ast.expr:
        number = self._reserve()
        for at, generator in enumerate(generators):
            generator.iter = self._iterated(generator.iter, generator.target, number if at == 0 else None)
            generator.target = self._do(generator.target)
            generator.ifs = [self._do(test) for test in generator.ifs]
        done: list[ast.expr] = []
        for element in elements:
            inner = self._do(element)
            done.append(self._wrap(inner, self._site("element", element, "", sites_in(inner), owner=number)))
        if isinstance(node, ast.DictComp):
            node.key, node.value = done
        else:
            cast(ast.ListComp, node).elt = done[0]
        children = [n for g in generators for n in sites_in(g.iter)]
        return self._wrap(node, self._site("comprehension", node, "[... for ...]", children, number=number))

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        return self._comprehension(node, [node.elt], node.generators)

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        return self._comprehension(node, [node.elt], node.generators)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        return self._comprehension(node, [node.elt], node.generators)

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        return self._comprehension(node, [node.key, node.value], node.generators)

    def _iterated(self, source: ast.expr, target: ast.expr, owner: int | None) -> ast.expr:
        """`for a, b in zip(x, y)`: the hook hands out the items, and knows which child each came from."""
        name = source.func.id if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) else ""
        done = self._do(source)
        arguments = source.args if isinstance(source, ast.Call) else []
        parts = [site_of(a) for a in arguments] if name in ("zip", "enumerate") else []
        children = [p for p in parts if p is not None] if None not in parts and parts else sites_in(done)
        op = name if parts and None not in parts else "for"
        number = self._site("iter", source, op, children, names_of(target), owner=owner)
        return self._wrap(done, number, "iterate")
