"""Repairs of chosen indices whose scores are at hand: what they pick carries the gradient of the scores."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.common import op_near
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import insert_after, stands_alone

_TITLE = "Let what is chosen carry the gradient of its scores (same value, chosen gradient)"


def carry_scores(site: FixSite) -> Iterator[Repair]:
    """`v, i = x.topk(k)`, `rows = table.gather(1, i)` → `rows * (1 + v - v.detach())` from there on

    An index that is used as a number carries the gradient itself.
    """
    op = op_near(site, {"topk"})
    statement = site.statement()
    match statement:
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name() as values, ast.Name(id=index)])], value=value
        ) if op is not None and value is op.node:
            pass
        case _:
            return
    if op is None or value is not op.node or not stands_alone(site.source, statement):
        return
    reads = [read for read in site.scope.reads.get(index, ()) if read.lineno > statement.lineno]
    plan = site.plan()
    scores = values.id
    if scores == "_":
        scores = site.scope.fresh("values", "scores")
        plan.replace(values, scores)
    one = f"(1 + {scores} - {scores}.detach())"
    picked = [_picked(site, read) for read in reads]
    if reads and all(each is not None for each in picked):
        for each in picked:
            assert each is not None
            made, below = each
            match site.parent(made):
                case ast.Assign(targets=[ast.Name(id=name)]) as stored if stands_alone(site.source, stored):
                    insert_after(plan, stored, f"{name} = {name} * {one}{below}")
                case _:
                    return
        yield plan.repair(_TITLE, Applicability.UNSAFE)
    elif reads and all(_is_number(site, read) for read in reads[:1]) and all(each is None for each in picked):
        insert_after(plan, statement, f"{index} = {index} * {one}")
        yield plan.repair(_TITLE, Applicability.UNSAFE)


def gate_rows(site: FixSite) -> Iterator[Repair]:
    """`i = s.topk(k).indices`, `x = x[i]` → `x = x[i] * (1 + s[i] - s[i].detach()).unsqueeze(-1)`"""
    op = op_near(site, {"topk"})
    parent = site.parent(op.node) if op is not None else None
    match site.parent(parent) if isinstance(parent, ast.Attribute | ast.Subscript) else parent:
        case (
            ast.Assign(targets=[ast.Name(id=index)])
            | ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="_"), ast.Name(id=index)])])
        ):
            pass
        case _:
            return
    if op is None or not isinstance(op.tensor, ast.Name) or len(op.operands) > 2 or op.keywords.get("dim"):
        return
    scores = f"{op.tensor.id}[{index}]"
    plan = site.plan()
    for read in site.scope.reads.get(index, ()):
        rows = site.parent(read)
        stored = site.parent(rows) if rows is not None else None
        match rows, stored:
            case ast.Subscript(value=ast.Name(id=table), slice=taken), ast.Assign(targets=[ast.Name()]) if (
                taken is read and table != op.tensor.id
            ):
                gate = f"(1 + {scores} - {scores}.detach()).unsqueeze(-1)"
                plan.insert(site.source.span(rows)[1], f" * {gate}")
            case _:
                pass
    if plan.edits:
        yield plan.repair(_TITLE, Applicability.UNSAFE)


def _picked(site: FixSite, read: ast.Name) -> tuple[ast.expr, str] | None:
    """The gather that an index is read in, and how the scores are shaped to go with its result."""
    node: ast.AST = read
    below = ""
    parent = site.parent(node)
    if isinstance(parent, ast.Attribute) and parent.attr == "unsqueeze":
        call = site.parent(parent)
        if not isinstance(call, ast.Call) or ast.unparse(call.args[0] if call.args else call) != "-1":
            return None
        node, below = call, ".unsqueeze(-1)"
        parent = site.parent(node)
    if isinstance(parent, ast.Attribute) and parent.attr in ("expand", "repeat"):
        call = site.parent(parent)
        if not isinstance(call, ast.Call):
            return None
        node = call
        parent = site.parent(node)
    op = op_of(parent, site.names) if isinstance(parent, ast.Call) else None
    if op is None or op.name not in ("gather", "take_along_dim") or op.tensor is node:
        return None
    return op.node, below


def _is_number(site: FixSite, read: ast.Name) -> bool:
    """Whether an index is computed with: sorted, subtracted, averaged."""
    parent = site.parent(read)
    match parent:
        case ast.BinOp():
            return True
        case ast.Attribute(attr="sort" | "float" | "abs" | "mean" | "sum" | "diff"):
            return True
        case _:
            return False
