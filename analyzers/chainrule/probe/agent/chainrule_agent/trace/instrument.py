"""Rewrite a program so that every expression reports its value, at its true line and column.

`x = pred.argmax(1) + b` becomes `x = f(4, f(3, f(1, f(0, pred).argmax(1)) + f(2, b)))`, where `f` is the frame of the
recorder. The order of evaluation, the scopes and the line numbers stay as they were; a zero-argument `super()`
still works, because every call is made where it was written.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple, TypeVar, cast

FRAME = "_chainrule_frame"
ENTER = "_chainrule_enter"

_BUILTINS = frozenset(dir(builtins))
_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True)
class Site:
    """One expression or statement. `line` and `column` are 1-based, in characters."""

    kind: str
    path: str
    line: int
    column: int
    op: str
    children: Tuple[int, ...] = ()
    names: Tuple[str, ...] = ()
    receiver: Optional[int] = None
    owner: Optional[int] = None
    function: str = ""


class Instrumenter(ast.NodeTransformer):
    """Rewrites one module; `sites` (shared between modules) grows by one entry per reported place."""

    def __init__(self, sites: List[Optional[Site]], path: str, text: str) -> None:
        self.sites = sites
        self.path = path
        self.lines = text.splitlines()
        self.functions: List[str] = []

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
        receiver: Optional[int] = None,
        number: Optional[int] = None,
        position: Optional[Tuple[int, int]] = None,
        owner: Optional[int] = None,
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
        if not isinstance(node.ctx, ast.Load) or node.id in _BUILTINS or node.id.startswith("__"):
            return node
        return self._wrap(node, self._site("name", node, node.id, names=[node.id]))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self._do(node.value)
        if not isinstance(node.ctx, ast.Load):
            return node
        where = (node.end_lineno or node.lineno, (node.end_col_offset or 0) - len(node.attr.encode()))
        return self._wrap(
            node, self._site("attr", node, "." + node.attr, sites_in(node), [node.attr], position=where)
        )

    def visit_Call(self, node: ast.Call) -> ast.expr:
        receiver, position, op = None, None, _dotted(node.func)
        func = node.func
        if isinstance(func, ast.Attribute):
            func.value = self._do(func.value)
            receiver = site_of(func.value)
            if not _is_module_path(op):
                op = "." + func.attr
                position = (func.end_lineno or 0, (func.end_col_offset or 0) - len(func.attr.encode()))
        elif not (isinstance(func, ast.Name) and func.id in _BUILTINS):
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

    def _between(self, left: ast.expr, right: ast.expr, op: str) -> Optional[Tuple[int, int]]:
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
        return self._operator(node, _SYMBOLS.get(type(node.op), "?"), node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return self._operator(
            node, _SYMBOLS.get(type(node.ops[0]), "in"), node.left, node.comparators[0]
        )

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return self._wrap(node, self._site("op", node, _SYMBOLS.get(type(node.op), "?"), sites_in(node)))

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

    def _comprehension(self, node: ast.expr, elements: List[ast.expr], generators: List[ast.comprehension]) -> ast.expr:
        number = self._reserve()
        for at, generator in enumerate(generators):
            generator.iter = self._iterated(generator.iter, generator.target, number if at == 0 else None)
            generator.target = self._do(generator.target)
            generator.ifs = [self._do(test) for test in generator.ifs]
        done: List[ast.expr] = []
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

    def _iterated(self, source: ast.expr, target: ast.expr, owner: Optional[int]) -> ast.expr:
        """`for a, b in zip(x, y)`: the hook hands out the items, and knows which child each came from."""
        name = source.func.id if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) else ""
        done = self._do(source)
        arguments = source.args if isinstance(source, ast.Call) else []
        parts = [site_of(a) for a in arguments] if name in ("zip", "enumerate") else []
        children = [p for p in parts if p is not None] if None not in parts and parts else sites_in(done)
        op = name if parts and None not in parts else "for"
        number = self._site("iter", source, op, children, _names(target), owner=owner)
        return self._wrap(done, number, "iterate")

    # -- statements -----------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> List[ast.stmt]:
        node.value = self._do(node.value)
        names = [t.id for t in node.targets if isinstance(t, ast.Name)]
        node.value = self._wrap(node.value, self._site("assign", node, "", sites_in(node.value), names))
        value_site = site_of(node.value)
        after: List[ast.stmt] = []
        for at, target in enumerate(node.targets):
            after += self._after_store(node, target, value_site)
            node.targets[at] = self._do(target)
        return [node, *after]

    def _after_store(self, node: ast.stmt, target: ast.expr, value: Optional[int]) -> List[ast.stmt]:
        children = [] if value is None else [value]
        if isinstance(target, (ast.Tuple, ast.List)):
            names = _names(target)
            number = self._site("unpack", target, "", children, names)
            return [self._report(node, number, _tuple_of(names))] if names else []
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            kind = "setitem" if isinstance(target, ast.Subscript) else "setattr"
            number = self._reserve()
            target.chainrule_store = (kind, number, children)  # type: ignore[attr-defined]
            return [self._report(node, number, ast.Constant(None))]
        return []

    def _finish_store(self, node: ast.expr, op: str) -> None:
        """The sites of a target's base and index are known only after the target itself was rewritten."""
        store = getattr(node, "chainrule_store", None)
        if store is not None:
            kind, number, children = store
            base = site_of(cast(ast.Attribute, node).value)
            names = [node.attr] if isinstance(node, ast.Attribute) else []
            self._site(kind, node, op, sites_in(node) + children, names, receiver=base, number=number)

    def visit(self, node: ast.AST) -> object:  # type: ignore[override]
        done = super().visit(node)
        if hasattr(node, "chainrule_store"):
            self._finish_store(cast(ast.expr, node), getattr(node, "chainrule_op", "[...] ="))
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

    def visit_AugAssign(self, node: ast.AugAssign) -> List[ast.stmt]:
        op = _SYMBOLS.get(type(node.op), "?") + "="
        position = self._between(node.target, node.value, op)
        node.value = self._do(node.value)
        if isinstance(node.target, ast.Name):
            number = self._site("augmented", node, op, sites_in(node.value), [node.target.id], position=position)
            return [node, self._report(node, number, ast.Name(node.target.id, ast.Load()))]
        node.target.chainrule_op = op  # type: ignore[attr-defined]
        after = self._after_store(node, node.target, site_of(node.value))
        node.target = self._do(node.target)
        return [node, *after]

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        if node.value is not None:
            node.value = self._do(node.value)
            node.value = self._wrap(node.value, self._site("return", node, "return", sites_in(node.value), ["return"]))
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        node.iter = self._iterated(node.iter, node.target, None)
        node.target = self._do(node.target)
        names = _names(node.target)
        body = self._block(node.body)
        if names:
            number = self._site("loop", node.target, "", sites_in(node.iter), names)
            body.insert(0, self._report(node, number, _tuple_of(names)))
        node.body, node.orelse = body, self._block(node.orelse)
        return node

    def _block(self, body: List[ast.stmt]) -> List[ast.stmt]:
        done: List[ast.stmt] = []
        for statement in body:
            result = cast(object, self.visit(statement))
            done += result if isinstance(result, list) else [cast(ast.stmt, result)]
        return done

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self._function(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        self._function(node)
        return node

    def _function(self, node: "ast.FunctionDef | ast.AsyncFunctionDef") -> None:
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
        documented = bool(body) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
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


def instrument(text: str, path: str, sites: List[Optional[Site]]) -> ast.Module:
    """The module of `text`, rewritten. Raises SyntaxError; appends to `sites`."""
    return cast(ast.Module, Instrumenter(sites, path, text).visit(ast.parse(text, path)))


def site_of(node: ast.AST) -> Optional[int]:
    return cast(Optional[int], getattr(node, "chainrule_site", None))


def sites_in(node: ast.AST) -> List[int]:
    """The sites directly below an expression (through starred arguments, slices and keywords)."""
    own = site_of(node)
    if own is not None:
        return [own]
    return [n for child in ast.iter_child_nodes(node) for n in sites_in(child)]


def _names(target: ast.expr) -> List[str]:
    return [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and n.id != FRAME]


def _tuple_of(names: Sequence[str]) -> ast.expr:
    return ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load())


def _dotted(func: ast.expr) -> str:
    parts: List[str] = []
    while isinstance(func, ast.Attribute):
        parts.append(func.attr)
        func = func.value
    if isinstance(func, ast.Name):
        return ".".join([func.id, *reversed(parts)])
    return "." + ".".join(reversed(parts)) if parts else "call"


def _is_module_path(op: str) -> bool:
    return op.partition(".")[0] in ("torch", "F", "nn", "np", "numpy", "math", "autograd", "functional")


_SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.USub: "-", ast.UAdd: "+", ast.Not: "not",
    ast.Invert: "~",
}  # fmt: skip
