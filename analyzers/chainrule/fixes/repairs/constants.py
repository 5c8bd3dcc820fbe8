"""Repairs of constants on a branch: a zero that hangs on what the other branches compute with."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import number
from chainrule.fixes.repairs.branches import made_of
from chainrule.fixes.repairs.common import near, wrapped
from chainrule.fixes.repairs.live import live_sums
from chainrule.fixes.site import FixSite, Repair
from chainrule.syntax import walk_tree

_ON_CONSTANTS = frozenset(
    {"sum", "mean", "to", "cuda", "cpu", "float", "squeeze", "requires_grad_", "type_as"}
)


def connect(site: FixSite) -> Iterator[Repair]:
    """`return torch.tensor(0.0, requires_grad=True)` → `return pred.sum() * 0.0`"""
    if site.function is None:
        return
    constant = _constant(site)
    if constant is None:
        return
    node, value = constant
    sums = live_sums(site, node) or [f"{tensor}.sum()" for tensor in [_source(site)] if tensor]
    if not sums:
        return
    plan = site.plan()
    zero = f"{sums[0]} * 0.0" if len(sums) == 1 else f"({' + '.join(sums)}) * 0.0"
    outer = _reduced(site, node)
    plan.replace(outer, wrapped(site, outer, zero if value == 0 else f"{zero} + {value:g}"))
    tensors = " and ".join(f"`{text.removesuffix('.sum()')}`" for text in sums)
    yield plan.repair(f"Return a zero that is connected to {tensors}", Applicability.SAFE)


def _reduced(site: FixSite, node: ast.expr) -> ast.expr:
    """A constant with the methods that follow it: `torch.zeros(1).sum().to(device)`."""
    while isinstance(attribute := site.parent(node), ast.Attribute):
        call = site.parent(attribute)
        if attribute.attr not in _ON_CONSTANTS or not isinstance(call, ast.Call):
            break
        node = call
    return node


def _constant(site: FixSite) -> tuple[ast.expr, float] | None:
    for node in near(site):
        if isinstance(node, ast.Constant) and node is site.node and (value := number(node)) is not None:
            return node, value
        if isinstance(node, ast.expr) and (made := made_of(site, node)) is not None:
            return made
    branch = site.parent(site.node)
    if isinstance(branch, ast.If) and branch.test is site.node and len(branch.body) == 1:
        only = branch.body[0]
        value_there = only.value if isinstance(only, ast.Assign | ast.Return) else None
        return made_of(site, value_there) if value_there is not None else None
    return None


def _source(site: FixSite) -> str:
    """A tensor that is there at the break: a source, or what a module of the object made from one."""
    function = site.function
    if function is None:
        return ""
    line = getattr(site.node, "lineno", 0)
    learned = [name for name in site.sources if name.startswith("self.")]
    for statement in function.body if learned or not site.sources else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if statement.lineno < line:
                if _calls_module(value, learned):
                    return name
            case _:
                pass
    arguments = [name for name in site.sources if name in site.scope.parameters]
    if arguments:
        return arguments[0]
    attributes = [name for name in site.sources if name.startswith("self.")]
    if attributes or site.sources:
        return attributes[0] if attributes else ""
    for name in site.scope.parameters:
        containers = (_is_container(site, read) for read in site.scope.reads.get(name, ()))
        if name not in ("self", "cls") and not any(containers):
            return name
    return ""


def _calls_module(value: ast.expr, learned: list[str]) -> bool:
    """Whether an expression calls a module of the object whose parameters are to learn."""
    if any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) for n in walk_tree(value)):
        return False  # `list(self.terms(x))` is no tensor
    for node in walk_tree(value):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            if called.startswith("self.") and (
                not learned or any(name.startswith(f"{called}.") for name in learned)
            ):
                return True
    return False


def _is_container(site: FixSite, read: ast.Name) -> bool:
    """Whether a name is used as a dict, a list or a function, and so is no tensor."""
    parent = site.parent(read)
    match parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=str())) if value is read:
            return True
        case ast.Call(func=function) if function is read:
            return True
        case ast.Attribute(attr="items" | "keys" | "get" | "append"):
            return True
        case _:
            return False
