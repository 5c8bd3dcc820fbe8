"""Repair of hits among the best: how probable the label is, where it is among them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, integer, op_of
from chainrule.fixes.repairs.common import casts_around, op_near, text_of
from chainrule.fixes.repairs.readers import write_degrees
from chainrule.fixes.site import FixSite, Repair


def probable_hits(site: FixSite) -> Iterator[Repair]:
    """`_, top = x.topk(k)`, `(top == y).any(1)` → each hit weighs what the softmax gives it"""
    op = op_near(site, {"topk"})
    if op is None or op.tensor is None or integer(op.get(1, "k")) == 1:
        return
    name = _index_name(site, op)
    reads = site.scope.reads.get(name, []) if name else []
    dim = op.get(2, "dim")
    along = "-1" if dim is None else site.segment(dim)
    plan = site.plan()
    for read in reads:
        compared = _compared(site, read)
        if compared is None:
            return
        outer = casts_around(site, compared)
        scores = f"{plan.spell('torch.softmax')}({site.segment(op.tensor)}, dim={along})"
        hit = f"({site.segment(compared)})" if isinstance(compared, ast.Compare) else site.segment(compared)
        if not write_degrees(site, plan, outer, f"{scores}.gather({along}, {text_of(site, read)}) * {hit}"):
            return
    if reads:
        yield plan.repair("Use the probability of the label in place of a hit", Applicability.UNSAFE)


def _index_name(site: FixSite, op: Op) -> str:
    """The name that the indices get."""
    parent = site.parent(op.node)
    match parent:
        case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=name)])]):
            return name
        case ast.Attribute(attr="indices") | ast.Subscript(slice=ast.Constant(value=1)):
            match site.parent(parent):
                case ast.Assign(targets=[ast.Name(id=name)]):
                    return name
                case _:
                    return ""
        case _:
            return ""


def _compared(site: FixSite, read: ast.expr) -> ast.expr | None:
    """`top == y` and `top.eq(y)`."""
    parent = site.parent(read)
    match parent:
        case ast.Compare(ops=[ast.Eq()]):
            return parent
        case ast.Attribute(attr="eq"):
            call = site.parent(parent)
            op = op_of(call, site.names) if call is not None else None
            return op.node if op is not None and op.tensor is read else None
        case _:
            return None
