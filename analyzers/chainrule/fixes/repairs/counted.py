"""Repairs of counts of elements: of those that are not zero, and of those for which a comparison holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, number, op_of
from chainrule.fixes.repairs.common import add_argument, casts_around, near, text_of
from chainrule.fixes.repairs.degrees import Degrees, is_comparison
from chainrule.fixes.site import FixSite, Repair

_NORMS = frozenset({"norm", "linalg.norm", "linalg.vector_norm", "vector_norm"})


def count_smoothly(site: FixSite) -> Iterator[Repair]:
    """`torch.count_nonzero(x)` → `(1 - torch.exp(-x.abs() / 0.1)).sum()`; the norm of order 0 → of order 1"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None:
            continue
        if op.name == "count_nonzero" and not is_comparison(site, op.tensor):
            yield _nearly_counted(site, op)
            return
        if op.name in _NORMS and (repair := _first_order(site, op)) is not None:
            yield repair
            return


def _nearly_counted(site: FixSite, op: Op) -> Repair:
    assert op.tensor is not None
    dim = op.get(1, "dim")
    plan = site.plan()
    along = f"dim={site.segment(dim)}" if dim is not None else ""
    plan.replace(
        casts_around(site, op.node),
        f"(1 - {plan.spell('torch.exp')}(-{text_of(site, op.tensor)}.abs() / 0.1)).sum({along})",
    )
    return plan.repair("Count what is clearly not zero, with a smooth measure", Applicability.UNSAFE)


def _first_order(site: FixSite, op: Op) -> Repair | None:
    order = op.get(1, "p", "ord")
    if order is None or number(order) != 0:
        return None
    plan = site.plan()
    words = [word for word in op.node.keywords if word.arg in ("p", "ord")]
    if words:
        add_argument(site, plan, op.node, f"{words[0].arg}=1")
    else:
        plan.replace(order, "1")
    return plan.repair(
        "Use the norm of order 1, which is small where few elements are not zero", Applicability.UNSAFE
    )


def count_by_degrees(site: FixSite) -> Iterator[Repair]:
    """`torch.nonzero(x > t).size(0)`, `len(x[x > t])` → `torch.sigmoid((x - t) * 10).sum()`"""
    found = next((node for node in near(site) if is_comparison(site, node)), None)
    counted = _counted(site, found) if isinstance(found, ast.expr) else None
    if counted is None or not isinstance(found, ast.expr):
        return
    plan = site.plan()
    plan.replace(counted, f"{Degrees(site, plan, found).text(found)}.sum()")
    yield plan.repair("Count by a sigmoid in place of the step", Applicability.UNSAFE)


def _counted(site: FixSite, comparison: ast.expr) -> ast.expr | None:
    """The expression that counts the elements for which a comparison holds."""
    held: ast.AST | None = comparison
    parent = site.parent(comparison)
    op = op_of(parent, site.names) if parent is not None else None
    method = site.parent(parent) if isinstance(parent, ast.Attribute) else None
    op = op_of(method, site.names) if method is not None and op is None else op
    match parent:
        case ast.Subscript(slice=index) if index is comparison:
            held = parent
        case _ if op is not None and op.name in ("nonzero", "argwhere") and op.tensor is comparison:
            held = op.node
        case _:
            return None
    parent = site.parent(held)
    match parent:
        case ast.Call(func=ast.Name(id="len")):
            return parent
        case ast.Attribute(attr="size" | "numel"):
            call = site.parent(parent)
            match call:
                case ast.Call(args=[ast.Constant(value=0)]) if parent.attr == "size":
                    return call
                case ast.Call(args=[]) if parent.attr == "numel" and isinstance(held, ast.Subscript):
                    return call
                case _:
                    return None
        case ast.Attribute(attr="shape"):
            first = site.parent(parent)
            match first:
                case ast.Subscript(slice=ast.Constant(value=0)):
                    return first
                case _:
                    return None
        case _:
            return None
