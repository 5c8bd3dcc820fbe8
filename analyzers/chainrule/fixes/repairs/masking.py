"""Repairs of values that are computed first and masked out afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.findings import Applicability
from chainrule.fixes.calls import number, op_of
from chainrule.fixes.repairs import guards
from chainrule.fixes.repairs.common import hoist, near, op_near, text_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.usage import names_in
from chainrule.fixes.vocabulary import ELEMENTWISE, words
from chainrule.syntax import walk_tree

_AT_ZERO = words(
    "log log2 log10 log1p sqrt rsqrt reciprocal acos asin atanh acosh pow div true_divide divide"
)
_OVERFLOWING = words("exp expm1 cosh sinh")
_CASTS = words("to float double cuda cpu squeeze unsqueeze view reshape flatten clone detach")
_DIVISIONS = frozenset({"div", "true_divide", "divide"})


@dataclass(frozen=True, slots=True)
class Risky:
    """An operation that is not finite for some values of `inner`, and a value for which it is."""

    node: ast.expr
    inner: ast.expr
    harmless: str
    divides: bool = False


def safe_where(site: FixSite) -> Iterator[Repair]:
    """`torch.where(c, log(x), 0)` → `torch.where(c, log(torch.where(c, x, 1.0)), 0)`"""
    for risky in _risky_near(site):
        found = _selection(site, risky.node)
        if found is None:
            continue
        condition = _known_at(site, found[0], risky.node)
        if condition is None or condition in site.segment(risky.inner):
            continue  # unknown here, or asked already
        plan = site.plan()
        inner, where = site.segment(risky.inner), plan.spell("torch.where")
        if found[1]:
            safe = f"{where}({condition}, {inner}, {risky.harmless})"
        elif risky.divides:
            safe = f"{where}({condition}, {risky.harmless}, {inner})"
        else:
            safe = f"{text_of(site, risky.inner)}.masked_fill({condition}, {risky.harmless})"
        plan.replace(risky.inner, safe)
        yield plan.repair("Compute the risky branch on safe values too", Applicability.SAFE)
        return


def _risky_near(site: FixSite) -> Iterator[Risky]:
    """The risky operation at the break; those in the branches where the break is the selection itself."""
    for node in near(site):
        risky = _risky(site, node)
        if risky is not None:
            yield risky
    op = op_of(site.node, site.names)
    for operand in op.operands if op is not None else ():
        for node in walk_tree(site.scope.value_of(operand)):
            risky = _risky(site, node)
            if risky is not None:
                yield risky


def _risky(site: FixSite, node: ast.AST) -> Risky | None:
    match node:
        case ast.BinOp(op=ast.Div(), right=divisor):
            return Risky(node, divisor, "1.0", divides=True)
        case ast.BinOp(left=base, op=ast.Pow()):
            return Risky(node, base, "1.0")
        case _:
            pass
    op = op_of(node, site.names)
    if op is None or op.tensor is None:
        return None
    if op.name in _DIVISIONS:
        second = op.get(1, "other")
        return None if second is None else Risky(op.node, second, "1.0", divides=True)
    if op.name in _AT_ZERO:
        return Risky(op.node, op.tensor, "1.0")
    return Risky(op.node, op.tensor, "0.0") if op.name in _OVERFLOWING else None


Selection = tuple[ast.expr, bool]


def _selection(site: FixSite, node: ast.AST, depth: int = 0) -> Selection | None:
    """The condition that selects among the elements of a value, and whether it keeps those where it holds.

    The value is followed through what works element by element; a sum mixes the elements.
    """
    parent = site.parent(node)
    if depth > 12:
        return None
    match parent:
        case ast.BinOp(op=operator) if not isinstance(operator, ast.MatMult):
            return _selection(site, parent, depth + 1)
        case ast.UnaryOp():
            return _selection(site, parent, depth + 1)
        case ast.Subscript(value=value, slice=ast.expr() as index) if value is node:
            plain = isinstance(index, ast.Name | ast.Compare | ast.UnaryOp | ast.BinOp | ast.Call)
            # `x[mask] = 0` writes where the mask holds, and leaves the rest.
            return (index, isinstance(parent.ctx, ast.Load)) if plain else None
        case ast.Attribute():
            call = site.parent(parent)
        case ast.Assign(targets=[ast.Name(id=name)]):
            reads = [
                read
                for read in site.scope.reads.get(name, ())
                if (binding := site.scope.binding_of(read)) is not None and binding.statement is parent
            ]
            return _agreed([_selection(site, read, depth + 1) for read in reads])
        case _:
            call = parent
    op = op_of(call, site.names) if call is not None else None
    if op is None:
        return None
    if op.name == "where" and len(op.operands) == 3:
        place = op.operands.index(node) if isinstance(node, ast.expr) and node in op.operands else -1
        condition = op.operands[0 if op.dotted else 1]
        return (condition, place == (1 if op.dotted else 0)) if condition is not node and place >= 0 else None
    if op.name in ("masked_fill", "masked_fill_") and op.tensor is node:
        mask = op.get(1, "mask")
        return None if mask is None else (mask, False)
    return _selection(site, op.node, depth + 1) if op.name in ELEMENTWISE and op.tensor is node else None


def _agreed(found: list[Selection | None]) -> Selection | None:
    """What all uses of a value have in common; those that only decide what is selected don't count."""
    selections = [each for each in found if each is not None]
    kinds = {(ast.dump(condition), kept) for condition, kept in selections}
    return selections[0] if len(kinds) == 1 else None


def _known_at(site: FixSite, condition: ast.expr, place: ast.expr) -> str | None:
    """The text of a condition where the risky operation stands; None when it is only known later."""
    line = place.lineno
    for _ in range(4):
        late = [
            binding
            for name in names_in(condition)
            for binding in site.scope.bindings.get(name, ())
            if line <= getattr(binding.statement, "lineno", 0) and binding.statement is not site.scope.node
        ]
        if not late:
            return site.segment(condition)
        following = site.scope.value_of(condition)
        if following is condition:
            return None
        condition = following
    return None


def fill_gaps(site: FixSite) -> Iterator[Repair]:
    """`(p - t) ** 2`, later masked by `isnan(t)` → `(p - t.nan_to_num()) ** 2`"""
    asked = [
        op.tensor
        for node in walk_tree(site.function or site.tree)
        if (op := op_of(node, site.names)) is not None
        and op.name in ("isnan", "isfinite")
        and isinstance(op.tensor, ast.Name)
    ]
    gaps = {name.id for name in asked if not _is_computed(site, name)}
    pending: list[ast.AST] = [site.node]
    for _ in range(3):
        named = [n for part in pending for n in walk_tree(part) if isinstance(n, ast.Name)]
        reads = [name for name in named if name.id in gaps and name not in asked]
        if reads:
            plan = site.plan()
            for read in reads:
                plan.replace(read, f"{read.id}.nan_to_num()")
            yield plan.repair("Fill the gaps before they are computed with", Applicability.SAFE)
            return
        values = [(name, site.scope.value_of(name)) for name in named]
        pending = [value for name, value in values if value is not name]


def _is_computed(site: FixSite, name: ast.Name) -> bool:
    """Whether a name stands for what arithmetic or a function gave, which data with gaps went into."""
    value = site.scope.value_of(name)
    op = op_of(value, site.names)
    if isinstance(value, ast.Call) and op is not None and op.name in _CASTS:
        return False
    return isinstance(value, ast.BinOp | ast.UnaryOp | ast.Call)


def unmask_rows(site: FixSite) -> Iterator[Repair]:
    """`softmax(s + m, d)` with rows of -inf → the same without a mask where it hides a whole row"""
    op = op_near(site, {"softmax", "log_softmax"})
    if op is None or op.tensor is None or not isinstance(op.tensor, ast.BinOp | ast.Name):
        return
    dim = op.get(1, "dim")
    if dim is None:
        return
    plan = site.plan()
    x = hoist(site, plan, op.tensor, "masked")
    x = x if x.isidentifier() else f"({site.segment(op.tensor)})"
    empty = f"{x}.isneginf().all({site.segment(dim)}, keepdim=True)"
    plan.replace(op.tensor, f"{x}.masked_fill({empty}, 0.0)")
    yield plan.repair("Let a row that is masked entirely go unmasked", Applicability.UNSAFE)


def guard_operand(site: FixSite) -> Iterator[Repair]:
    """The operation at the break, kept away from its singular point."""
    match site.node:
        case ast.BinOp(op=ast.Div()):
            yield from guards.guard_division(site)
            return
        case ast.BinOp(op=ast.Pow(), right=exponent):
            power = number(exponent)
            if power is not None and power % 1:  # `x ** 2` is as right below zero
                yield from guards.guard_power(site)
            return
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            yield from _finite_logs(site, (left, right))
            return
        case _:
            pass
    op = op_of(site.node, site.names)
    if op is None:
        return
    if op.name in _DIVISIONS:
        yield from guards.guard_division(site)
    elif op.name in ("log", "log2", "log10"):
        for repair in guards.guard_log(site):
            yield Repair(repair.title, Applicability.UNSAFE, repair.edits, repair.imports)
    elif op.name in ("sqrt", "rsqrt"):
        yield from guards.guard_root(site)
    elif op.name in ("logaddexp", "logaddexp2", "logsumexp"):
        plan = site.plan()
        for part in op.operands[: 2 if op.name.startswith("logaddexp") else 1]:
            plan.replace(part, f"{text_of(site, part)}.clamp(min=-1e30)")
        yield plan.repair("Keep the logarithms finite", Applicability.UNSAFE)


def _finite_logs(site: FixSite, operands: tuple[ast.expr, ...]) -> Iterator[Repair]:
    """`logp.exp() * logp` of `log_softmax` → `logp.exp() * logp.masked_fill(logp.isneginf(), 0.0)`"""
    for operand in operands:
        op = op_of(site.scope.value_of(operand), site.names)
        if op is not None and op.name == "log_softmax" and isinstance(operand, ast.Name):
            plan = site.plan()
            plan.replace(operand, f"{operand.id}.masked_fill({operand.id}.isneginf(), 0.0)")
            yield plan.repair("Leave out what has probability 0", Applicability.SAFE)


def limit_exponent(site: FixSite) -> Iterator[Repair]:
    """`torch.exp(x)` → `torch.exp(x.clamp(max=80.0))`"""
    op = op_near(site, {"exp"})
    if op is not None and op.tensor is not None and not isinstance(site.node, ast.BinOp):
        plan = site.plan()
        plan.replace(op.tensor, f"{text_of(site, op.tensor)}.clamp(max=80.0)")
        yield plan.repair("Limit the exponent, so that it stays finite", Applicability.SAFE)


def select_first(site: FixSite) -> Iterator[Repair]:
    """`((p - t) ** 2)[mask]` → `(p[mask] - t[mask]) ** 2`"""
    for node in near(site):
        match node:
            case ast.Subscript(value=ast.Name() as loss, slice=ast.Name() as mask):
                value = site.scope.value_of(loss)
                if value is loss or len(site.scope.reads.get(loss.id, ())) != 1:
                    continue
                op = op_of(value, site.names)
                if op is None or op.tensor is None or op.get(1, "target") is None:
                    continue
                plan = site.plan()
                for operand in op.operands[:2]:
                    plan.insert(site.source.span(operand)[1], f"[{mask.id}]")
                plan.replace(node, loss.id)
                yield plan.repair("Select before computing the loss", Applicability.SAFE)
                return
