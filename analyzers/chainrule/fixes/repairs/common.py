"""What the repairs share: finding their node near the break, and writing expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator

from chainrule.fixes.calls import Op, atom, op_of, operand
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import insert_before, stands_alone
from chainrule.syntax import walk_tree

Repairer = Callable[[FixSite], Iterable[Repair]]

INTEGER_CASTS = frozenset(["long", "int", "short", "byte", "bool", "char"])
_FLOAT_CASTS = frozenset(["float", "double", "half", "type", "type_as", "to"])
_FREE = (ast.Name, ast.Attribute, ast.Constant)
_DEFERRED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.IfExp, ast.BoolOp)


def near(site: FixSite) -> Iterator[ast.AST]:
    """The break, what is below it from the outside in, then what is around it within its statement."""
    yield from walk_tree(site.node)
    current = site.parent(site.node)
    while current is not None and not isinstance(site.node, ast.stmt):
        yield current
        if isinstance(current, ast.stmt):
            break
        current = site.parent(current)


def op_near(site: FixSite, names: Collection[str]) -> Op | None:
    """The nearest call of one of these operations."""
    for node in near(site):
        op = op_of(node, site.names)
        if op is not None and op.name in names:
            return op
    return None


def dotted_near(site: FixSite, dotted: Collection[str]) -> ast.Call | None:
    """The nearest call of one of these imported functions."""
    for node in near(site):
        if isinstance(node, ast.Call) and site.names.resolve(node.func) in dotted:
            return node
    return None


def text_of(site: FixSite, node: ast.expr) -> str:
    """The source of a node, fit to be followed by `.method()`."""
    return atom(node, site.segment(node))


def operand_of(site: FixSite, node: ast.expr) -> str:
    """The source of a node, fit to be joined by an operator."""
    return operand(node, site.segment(node))


def casts_around(site: FixSite, node: ast.AST) -> ast.AST:
    """The expression with the dtype conversions that directly follow it."""
    while True:
        attribute = site.parent(node)
        call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(call, ast.Call) or not isinstance(attribute, ast.Attribute):
            return node
        if attribute.attr not in INTEGER_CASTS | _FLOAT_CASTS:
            return node
        node = call


def keyword_span(site: FixSite, call: ast.Call, keyword: ast.keyword) -> tuple[int, int]:
    """The span of an argument together with the comma that goes with it."""
    start, end = site.source.span(keyword)
    text = site.text
    arguments: list[ast.AST] = [*call.args, *call.keywords]
    before = [site.source.span(a)[1] for a in arguments if site.source.span(a)[1] <= start]
    if before:
        return max(before), end
    after = [site.source.span(a)[0] for a in arguments if site.source.span(a)[0] >= end]
    stop = min(after) if after else site.source.span(call)[1] - 1
    return start, stop if text[end:stop].strip() in ("", ",") else end


def add_argument(site: FixSite, plan: Plan, call: ast.Call, text: str) -> None:
    """Add a keyword argument at the end of a call, or give it a new value."""
    word = text.partition("=")[0]
    for keyword in call.keywords:
        if keyword.arg == word:
            plan.replace(keyword, text)
            return
    arguments: list[ast.AST] = [*call.args, *call.keywords]
    if arguments:
        plan.insert(max(site.source.span(argument)[1] for argument in arguments), f", {text}")
    else:
        plan.insert(site.source.span(call)[1] - 1, text)


def hoist(site: FixSite, plan: Plan, node: ast.expr, name: str) -> str:
    """The text to write where `node` is needed several times.

    A longer expression is given a name in a statement of its own, where its place allows that.
    """
    text = site.segment(node)
    if isinstance(node, _FREE):
        return text
    statement = site.statement(node)
    current = site.parent(node)
    while current is not None and current is not statement:
        if isinstance(current, _DEFERRED):
            return atom(node, text)
        current = site.parent(current)
    simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return | ast.Expr)
    if statement is None or not simple or not stands_alone(site.source, statement):
        return atom(node, text)
    fresh = site.scope.fresh(name)
    insert_before(plan, statement, f"{fresh} = {in_one_line(text)}")
    return fresh


def wrapped(site: FixSite, node: ast.AST, text: str) -> str:
    """`text`, an operator expression that is to stand in the place of `node`, in parentheses if needed."""
    parent = site.parent(node)
    match parent:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr() | ast.keyword():
            return text
        case ast.Return() | ast.Yield():
            return text
        case ast.Call(func=function) if function is not node:
            return text
        case ast.List() | ast.Tuple() | ast.ListComp() | ast.GeneratorExp() | ast.NamedExpr():
            return text
        case _:
            return text if in_parentheses(site, node) else f"({text})"


def is_edited(site: FixSite, node: ast.AST) -> bool:
    """Whether the name that a value gets is edited in place: backward of `tanh` needs what it returned."""
    match site.statement(node):
        case ast.Assign(targets=[ast.Name(id=name)]) as statement:
            pass
        case _:
            return False
    for each in walk_tree(site.function or site.tree):
        match each:
            case ast.AugAssign(target=ast.Name(id=edited) | ast.Subscript(value=ast.Name(id=edited))):
                pass
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=edited))]):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id=edited), attr=method)) if method.endswith(
                "_"
            ) and not method.endswith("__"):
                pass
            case _:
                continue
        if edited == name and each.lineno > statement.lineno:
            return True
    return False


def in_parentheses(site: FixSite, node: ast.AST) -> bool:
    """Whether a node stands in parentheses of its own, which are no call's."""
    start, end = site.source.span(node)
    before, after = site.text[:start].rstrip(), site.text[end:].lstrip()
    opened = before.endswith("(") and after.startswith(")")
    return opened and not (len(before) > 1 and (before[-2].isalnum() or before[-2] in "_)]"))
