"""Statements that nothing needs any more once some code is replaced."""

from __future__ import annotations

import ast
from collections.abc import Collection

from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.statements import block_of, stands_alone
from chainrule.fixes.text import SourceText
from chainrule.fixes.usage import Scope, names_in
from chainrule.names import Names
from chainrule.syntax import walk_tree

_PURE_BUILTINS = frozenset({"len", "range", "float", "int", "list", "tuple", "zip", "enumerate"})


def mutations(scope: Scope, name: str) -> list[ast.stmt]:
    """Statements that change the elements of the tensor `name` in place, and do nothing else."""
    found: list[ast.stmt] = []
    for read in scope.reads.get(name, ()):
        statement = scope.statement_of(read)
        match statement:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name() as base)]) if base is read:
                found.append(statement)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as base, attr=method))):
                if base is read and method.endswith("_"):
                    found.append(statement)
            case _:
                pass
    return found


def dead_statements(
    scope: Scope, source: SourceText, names: Names, replaced: Collection[ast.AST], kept: Collection[str]
) -> list[ast.stmt]:
    """Assignments to local names that only `replaced` code reads, and that have no other effect.

    `kept` are the names that the new text reads. Nothing is removed at the top level of a module, whose
    names other files may import.
    """
    if isinstance(scope.node, ast.Module):
        return []
    gone: list[ast.AST] = list(replaced)
    dead: list[ast.stmt] = []
    pending = sorted({name for node in replaced for name in names_in(node)})
    while pending:
        name = pending.pop()
        if name in kept or name in scope.parameters:
            continue
        fills = mutations(scope, name)
        if scope.is_read_outside(name, *gone, *fills):
            continue
        bindings = [b.statement for b in scope.bindings.get(name, ()) if b.statement not in dead]
        plain = [
            s for s in bindings if isinstance(s, ast.Assign | ast.AnnAssign) and _is_plain(s, names, scope)
        ]
        new = [s for s in (*plain, *fills) if not scope.is_inside(s, gone)]
        if len(plain) != len(bindings) or not all(stands_alone(source, s) for s in new):
            continue
        new = _with_empty_blocks(scope, names, new)
        if any((block := block_of(scope.parents, s)) is None or len(block) <= len(new) for s in new):
            continue
        dead += new
        gone += new
        pending += sorted({other for s in (*plain, *fills) for other in names_in(s)} - {name})
    return sorted(dead, key=lambda statement: statement.lineno)


def _with_empty_blocks(scope: Scope, names: Names, statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements, with a `with torch.no_grad():` in place of all that stands in it."""
    blocks = {
        parent
        for statement in statements
        if isinstance(parent := scope.parents.get(statement), ast.With)
        and all(inner in statements for inner in parent.body)
        and all(_is_no_grad(item, names) for item in parent.items)
    }
    return [*(s for s in statements if scope.parents.get(s) not in blocks), *blocks]


def _is_no_grad(item: ast.withitem, names: Names) -> bool:
    made = item.context_expr
    return isinstance(made, ast.Call) and names.resolve(made.func) == "torch.no_grad" and not made.args


def _is_plain(statement: ast.Assign | ast.AnnAssign, names: Names, scope: Scope) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return all(isinstance(target, ast.Name) for target in targets) and is_pure(statement.value, names, scope)


def is_pure(node: ast.AST | None, names: Names, scope: Scope, layers: bool = True) -> bool:
    """Whether evaluating an expression only computes a value; so do `layers` that the class makes."""
    if node is None:
        return True
    for child in walk_tree(node):
        match child:
            case ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr():
                return False
            case ast.Call(func=ast.Name(id=name)) if name in _PURE_BUILTINS:
                pass
            case ast.Call(func=ast.Attribute() as callee) if scope.value_of(callee) is not callee:
                made = scope.value_of(callee)
                layer = (names.resolve(made.func) or "") if isinstance(made, ast.Call) else ""
                if not layers or not layer.startswith("torch.nn."):
                    return False
            case ast.Call():
                op = op_of(child, names)
                module = op is None and (names.resolve(child.func) or "").startswith("torch.")
                if not module and (op is None or not _only_computes(op)):
                    return False
            case _:
                pass
    return True


def _only_computes(op: Op) -> bool:
    if op.name in ("pop", "append", "extend", "update", "backward", "step", "print"):
        return False
    # In place on what was just made is in place on nobody's tensor.
    return not op.name.endswith("_") or (op.dotted is None and isinstance(op.operands[0], ast.Call))
