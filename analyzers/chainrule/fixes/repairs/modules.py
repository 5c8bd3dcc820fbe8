"""Repairs of weights that are put into a module: the module is called with them instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.repairs.paths import uncut
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import remove, stands_alone


def call_with_weights(site: FixSite) -> Iterator[Repair]:
    """`net.weight.data = w`, `net(x)` → `torch.func.functional_call(net, {"weight": w}, (x,))`"""
    statement = site.statement()
    if site.function is None or statement is None:
        return
    first = _given(statement)
    if first is None:
        return
    module = ast.unparse(first[0])
    weights: dict[str, ast.expr] = {}
    gone: list[ast.stmt] = []
    for node in ast.walk(site.function):
        given = _given(node) if isinstance(node, ast.stmt) else None
        if given is not None and isinstance(node, ast.stmt) and ast.unparse(given[0]) == module:
            weights[given[1]] = given[2]
            gone.append(node)
    calls = [
        node
        for node in ast.walk(site.function)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == module
        and node.lineno > max(s.lineno for s in gone)
        and not node.keywords
    ]
    if not calls or not all(stands_alone(site.source, s) for s in gone):
        return
    plan = site.plan()
    values = ", ".join(f'"{name}": {uncut(site, value)}' for name, value in weights.items())
    for call in calls:
        given_text = ", ".join(site.segment(argument) for argument in call.args)
        arguments = f"({given_text},)" if len(call.args) == 1 else f"({given_text})"
        function = plan.spell("torch.func.functional_call")
        plan.replace(call, f"{function}({module}, {{{values}}}, {arguments})")
    remove(plan, *gone)
    yield plan.repair("Call the module with these weights (`functional_call`)", Applicability.SAFE)


def _given(statement: ast.stmt) -> tuple[ast.expr, str, ast.expr] | None:
    """The module, the name and the value of `module.name.data = value`."""
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Attribute(value=module, attr=name), attr="data")], value=value
        ) if not (isinstance(module, ast.Name) and module.id == "self"):
            return module, name, value
        case _:
            return None


def sum_of_steps(site: FixSite) -> Iterator[Repair]:
    """`total = total + loss`, `total.backward()` in a loop → `loss.backward()`"""
    for node in near(site):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=total) as receiver, attr="backward")):
                pass
            case _:
                continue
        for step in ast.walk(site.function or site.tree):
            match step:
                case ast.Assign(
                    targets=[ast.Name(id=kept)],
                    value=ast.BinOp(left=ast.Name(id=again), op=ast.Add(), right=ast.Name(id=term)),
                ) if kept == again == total:
                    pass
                case ast.AugAssign(target=ast.Name(id=kept), op=ast.Add(), value=ast.Name(id=term)) if (
                    kept == total
                ):
                    pass
                case _:
                    continue
            plan = site.plan()
            plan.replace(receiver, term)
            yield plan.repair("Call backward on the loss of this step", Applicability.UNSAFE)
            return
