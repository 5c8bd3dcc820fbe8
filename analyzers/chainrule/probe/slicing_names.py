"""Which names of the module a piece of code reads, binds, stores into or sets up."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator

from chainrule.syntax import children, walk_tree

_SETS_UP = re.compile(
    r"^(append|extend|insert|add|update|setdefault|register_\w+|requires_grad_?|eval|train|to|double|float|half"
    r"|add_module|add_argument|set_defaults|seed|manual_seed|\w+_)$"
)
"""Methods that finish the set-up of an object, called as a statement on a name that the loss needs."""


def root_name(node: ast.expr) -> str:
    """`a` of `a.b[0].c`, or nothing."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def used_names(node: ast.AST) -> frozenset[str]:
    """The names that a piece of code reads from the scope around it: no parameters, no locals of
    functions."""
    if isinstance(node, ast.stmt):
        node = ast.Module([node], [])
    try:
        table = symtable.symtable(ast.unparse(node), "<slice>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(n.id for n in walk_tree(node) if isinstance(n, ast.Name))
    return frozenset(_globals_of(table))


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if (symbol.is_referenced() and (top or symbol.is_global())) or symbol.is_declared_global():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals_of(child)


def bound_names(node: ast.stmt) -> frozenset[str]:
    """The names that a statement gives a value in its own scope."""
    return frozenset(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    for child in children(node):
        yield from _bound(child)


def stored_names(node: ast.AST) -> frozenset[str]:
    """`x` of `x[0] = …`, `x.a = …` and `x += …`."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    return frozenset(root_name(t) for t in targets if isinstance(t, (ast.Subscript, ast.Attribute))) - {""}


def sets_up(node: ast.expr, wanted: set[str]) -> bool:
    """Whether a call finishes the set-up of a wanted name: `items.append(x)`, `model.eval()`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return root_name(node.func.value) in wanted and bool(_SETS_UP.match(node.func.attr))
