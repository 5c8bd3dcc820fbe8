"""Repairs of weights that are put into a module: the module is called with them instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.findings import Applicability
from chainrule.fixes.calls import argument
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import remove, replace_lines, stands_alone
from chainrule.fixes.usage import names_in
from chainrule.syntax import walk_tree

_NAME = "name"
_TITLE = "Call the module with these weights (`functional_call`)"


@dataclass(frozen=True, slots=True)
class _Given:
    """What one statement writes into `module`: one parameter's `value`, a dict, or all of them in order.

    `text` is that of the dict where it is written nowhere; `name` is that of the parameter, `**` for a dict,
    `*` for a list, and `-` for one flat vector.
    """

    module: ast.expr
    name: str
    value: ast.expr
    text: str = ""


def call_with_weights(site: FixSite) -> Iterator[Repair]:
    """`net.weight.data = w`, `net(x)` → `torch.func.functional_call(net, {"weight": w}, (x,))`

    What `load_state_dict`, `vector_to_parameters` and a loop over the parameters write is handed over alike.
    """
    statement = site.statement()
    if site.function is None or statement is None:
        return
    first = _outermost_given(site, statement) or _given_below(site, statement)
    if first is None:
        return
    module = ast.unparse(first.module)
    given: dict[ast.stmt, _Given] = {}
    for node in walk_tree(site.function):
        found = _given(site, node) if isinstance(node, ast.stmt) else None
        if found is not None and isinstance(node, ast.stmt) and ast.unparse(found.module) == module:
            given[node] = found
    last = max(s.lineno for s in given)
    calls = [
        node
        for node in walk_tree(site.function)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == module
        and node.lineno > last
        and not node.keywords
        and not any(isinstance(argument, ast.Starred) for argument in node.args)
    ]
    if not calls or not all(stands_alone(site.source, s) for s in given):
        return
    plan = site.plan()
    text = _weights(site, plan, given, module)
    if not text:
        return
    function = plan.spell("torch.func.functional_call")
    for call in calls:
        inner = ", ".join(argument(a, site.segment(a)) for a in call.args)
        arguments = f"({inner},)" if len(call.args) == 1 else f"({inner})"
        plan.replace(call, f"{function}({module}, {text}, {arguments})")
    kept = not all(_is_data(node) for node in given)
    yield plan.repair(_TITLE, Applicability.UNSAFE if kept else Applicability.SAFE)


def _weights(site: FixSite, plan: Plan, given: dict[ast.stmt, _Given], module: str) -> str:
    """The text of the mapping from names to weights. What wrote them is taken away, or makes the mapping."""
    whole = [found for found in given.values() if found.name in ("*", "-", "**")]
    if not whole:
        values = ", ".join(f'"{found.name}": {uncut(site, found.value)}' for found in given.values())
        remove(plan, *_emptied(site, list(given)))
        return f"{{{values}}}"
    if len(given) > 1:
        return ""
    (statement,) = given
    value = whole[0].text or uncut(site, whole[0].value)
    if whole[0].text:
        name = site.scope.fresh("weights", "new_weights")
        replace_lines(plan, _emptied(site, [statement]), [f"{name} = {value}"])
        return name
    if whole[0].name == "**":
        remove(plan, *_emptied(site, [statement]))
        return value
    name = site.scope.fresh("weights", "new_weights")
    if whole[0].name == "*":
        lines = [f"{name} = {{name: new for (name, _), new in zip({module}.named_parameters(), {value})}}"]
    else:
        parts = site.scope.fresh("parts", "pieces")
        pairs = f"zip({module}.named_parameters(), {parts})"
        lines = [
            f"{parts} = {value}.split([old.numel() for old in {module}.parameters()])"
            if value.isidentifier()
            else f"{parts} = ({value}).split([old.numel() for old in {module}.parameters()])",
            f"{name} = {{name: new.view_as(old) for (name, old), new in {pairs}}}",
        ]
    replace_lines(plan, _emptied(site, [statement]), lines)
    return name


def _emptied(site: FixSite, statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements, or the `with torch.no_grad():` that holds nothing else."""
    block = site.parent(statements[0])
    if isinstance(block, ast.With) and all(inner in statements for inner in block.body):
        outside = [s for s in statements if s not in block.body]
        return [block, *outside]
    return statements


def _outermost_given(site: FixSite, statement: ast.stmt) -> _Given | None:
    current: ast.AST | None = statement
    while isinstance(current, ast.stmt) and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        if (found := _given(site, current)) is not None:
            return found
        current = site.parent(current)
    return None


def _given_below(site: FixSite, block: ast.stmt) -> _Given | None:
    """What a `with torch.no_grad():` that does nothing else writes into a module."""
    found = [_given(site, statement) for statement in block.body] if isinstance(block, ast.With) else []
    return found[0] if found and None not in found else None


def _is_data(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Attribute(attr="data")]):
            return True
        case _:
            return False


def _given(site: FixSite, statement: ast.stmt) -> _Given | None:
    """What a statement writes into the parameters of a module that is called as a whole."""
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Attribute(value=module, attr=name), attr="data")], value=value
        ):
            found = _Given(module, name, value)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=target, attr="copy_"), args=[value], keywords=[])
        ) if (place := _without_data(target)) is not None:
            found = _Given(place.value, place.attr, value)
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name() | ast.Attribute() as module, attr=name)],
            value=ast.Call(func=function, args=[value], keywords=[]),
        ) if site.names.resolve(function) == "torch.nn.Parameter":
            found = _Given(module, name, value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=module, attr="load_state_dict"), args=[value])):
            found = _Given(module, "**", value)
        case ast.Expr(value=ast.Call(func=function, args=[value, parameters])) if (
            site.names.resolve(function) or ""
        ).endswith(".vector_to_parameters") and (owner := _parameters(parameters)) is not None:
            found = _Given(owner, "-", value)
        case ast.For(target=ast.Tuple(elts=[*_, ast.Name(id=weight)]), orelse=[]):
            looped = _looped(statement, weight) or _mixed(site, statement)
            if looped is None:
                return None
            found = looped
        case _:
            return None
    module = found.module
    itself = isinstance(module, ast.Name) and module.id == "self"
    return None if itself or not isinstance(module, ast.Name | ast.Attribute) else found


def _looped(loop: ast.For, weight: str) -> _Given | None:
    """`for p, w in zip(net.parameters(), weights): p.data = w`"""
    written = _written(loop)
    match loop:
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=parameter), _]),
            iter=ast.Call(func=ast.Name(id="zip"), args=[parameters, weights], keywords=[]),
        ) if written is not None:
            owner = _parameters(parameters)
            same = isinstance(written[1], ast.Name) and written[1].id == weight and written[0] == parameter
            return _Given(owner, "*", weights) if owner is not None and same else None
        case _:
            return None


def _written(loop: ast.For) -> tuple[str, ast.expr] | None:
    """The loop variable that the only statement of a loop writes numbers into, and the numbers."""
    match loop.body:
        case [ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="data")], value=value)]:
            return name, value
        case [ast.Expr(value=ast.Call(func=ast.Attribute(value=place, attr="copy_"), args=[value]))]:
            inner = place.value if isinstance(place, ast.Attribute) and place.attr == "data" else place
            return (inner.id, value) if isinstance(inner, ast.Name) else None
        case _:
            return None


def _mixed(site: FixSite, loop: ast.For) -> _Given | None:
    """`for a, b, m in zip(one.parameters(), two.parameters(), net.parameters()): m.data = f(a, b)`"""
    written = _written(loop)
    drawn = site.scope.value_of(loop.iter)
    match drawn, loop.target:
        case ast.Call(func=ast.Name(id="zip"), args=given, keywords=[]), ast.Tuple(elts=targets) if (
            written is not None and len(given) == len(targets)
        ):
            pass
        case _:
            return None
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if len(names) < len(targets) or written[0] not in names:
        return None
    place = names.index(written[0])
    owner = _parameters(given[place])
    if owner is None:
        return None
    read = names_in(written[1])
    heads = [
        f"({_NAME}, {name if name in read else '_'})" if i == place else name for i, name in enumerate(names)
    ]
    parts = [
        f"{ast.unparse(owner)}.named_parameters()" if i == place else site.segment(part)
        for i, part in enumerate(given)
    ]
    text = f"{{{_NAME}: {uncut(site, written[1])} for {', '.join(heads)} in zip({', '.join(parts)})}}"
    return _Given(owner, "**", ast.parse(text, mode="eval").body, text)


def _parameters(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(value=module, attr="parameters"), args=[], keywords=[]):
            return module
        case _:
            return None


def _without_data(node: ast.expr) -> ast.Attribute | None:
    """`net.weight` of `net.weight` and of `net.weight.data`; None where no attribute is left."""
    match node:
        case ast.Attribute(value=ast.Attribute() as inner, attr="data"):
            return inner
        case ast.Attribute():
            return node
        case _:
            return None
