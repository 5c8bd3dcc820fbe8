"""Which statements belong to a loss, and which do something else: run the model, move data, report."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from chainrule.extraction.liveness import Liveness
from chainrule.extraction.places import Place
from chainrule.extraction.scopes import FunctionNode, bound, locals_of, within
from chainrule.syntax import walk_tree

# What computes a loss, by its name: any other object that is called is taken for a model.
_LOSSES = re.compile(
    r"loss|criteri|(?:^|_)(?:crit|mse|mae|l1|l2|bce|ce|nll|kl|kld|div|dist|metric|fn|func)(?:_|$)"
)
_MOVES = frozenset(("to", "cuda", "cpu", "next", "items", "keys", "values", "get"))
_ENDS = frozenset(("zero_grad", "step", "backward", "manual_backward"))
_MAKES = frozenset(("requires_grad_", "Parameter", "rand", "randn", "randint", "randperm", "manual_seed"))
_SAYS = frozenset(("print", "debug", "info"))


def first_of(place: Place, at: int, end: int, needed: set[str]) -> int:
    """The first of the statements before number `at` that go on to a loss which reads the names `needed`.

    The model's own work, moving data and everything else that is done besides are no part of it.
    """
    first = at
    for number in range(at - 1, -1, -1):
        statement = place.body[number]
        if _is_apart(statement, place):
            break
        if bound([statement]) & needed or _fills(statement, needed):
            first = number
            needed = set(Liveness(place.body[number:end], frozenset(needed)).before) | needed
        elif not isinstance(statement, ast.Assert) and not _reports(statement):
            break
    while first < at and first > 0 and place.body[first].lineno == place.body[first - 1].end_lineno:
        first += 1  # the line is shared
    return first


def _fills(statement: ast.stmt, needed: set[str]) -> bool:
    """Whether a statement changes what one of the names `needed` stands for: `parts.append(x)`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target))):
            return _root(target) in needed - {"self"}
        case (
            ast.Assign(targets=[ast.Subscript() as target]) | ast.AugAssign(target=ast.Subscript() as target)
        ):
            return _root(target) in needed - {"self"}
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _reports(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and last_name(statement.value.func) in _SAYS
    )


def _is_apart(statement: ast.stmt, place: Place) -> bool:
    """Whether a statement does something else than to compute a loss of what is there."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.ClassDef | FunctionNode | ast.Delete):
        return True
    for node in within([statement]):
        if isinstance(node, ast.Return | ast.Break | ast.Continue | ast.Global | ast.Nonlocal | ast.Raise):
            return True
        if isinstance(node, ast.Call) and last_name(node.func) in _ENDS:
            return True
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        return calls_model(statement.value, place) or _fetches(statement.value) or _makes(statement.value)
    return calls_model(statement, place)


def _makes(value: ast.expr) -> bool:
    """Whether an expression makes data or leaves of its own: `torch.randn(4, requires_grad=True)`."""
    for node in walk_tree(value):
        match node:
            case ast.Call(func=called) if last_name(called) in _MAKES:
                return True
            case ast.Call(func=called, args=[ast.List(elts=[_, _, *_]), *_]) if last_name(called) == "tensor":
                return True
            case ast.keyword(arg="requires_grad", value=ast.Constant(value=True)):
                return True
    return False


def _fetches(value: ast.expr) -> bool:
    """Whether an expression only gets data from somewhere: `batch["y"]`, `x.to(device), y.to(device)`."""
    calls = [node for node in walk_tree(value) if isinstance(node, ast.Call)]
    if any(last_name(call.func) not in _MOVES for call in calls):
        return False
    handed = isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Tuple)
    return handed and not any(
        isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp) for node in walk_tree(value)
    )


def calls_model(code: ast.AST, place: Place) -> bool:
    """Whether code calls what is taken for a model: an object, and nothing that is named a loss."""
    for node in walk_tree(code):
        match node:
            case ast.Call(func=ast.Subscript(value=ast.Name(id=name))) if _is_object(name, place):
                return True
            case ast.Call(func=ast.Name(id=name)):
                if not _LOSSES.search(name.lower()) and _is_object(name, place):
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                if not _LOSSES.search(name.lower()):
                    return True
            case ast.Call(func=ast.Attribute(attr="forward" | "module")):
                return True
    return False


def _is_object(name: str, place: Place) -> bool:
    """Whether a name stands for what code made or was given, not for what it defines or imports."""
    for function in place.functions:
        if name in locals_of(function):
            return name not in _defined(function.body)
    module = place.levels[0].body
    return name in bound(module) and name not in _defined(module)


def _defined(body: Iterable[ast.stmt]) -> set[str]:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return bound(node for node in within(body) if isinstance(node, definitions))


def last_name(node: ast.expr) -> str:
    """The last word of a dotted name, empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
