"""Repairs of where and how autograd records: no_grad, create_graph, retain_graph, requires_grad."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.common import add_argument, dotted_near, keyword_span, near
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import (
    comments_between,
    full_lines,
    remove,
    sole_in_block,
    stands_alone,
    string_lines,
)
from chainrule.fixes.usage import nodes_of, scope_of
from chainrule.flow.core.trace import REENTRANT, REFUSED
from chainrule.syntax import walk_tree

_UNFLAG = "Remove `requires_grad`, which hides the cut: backward raises until that is mended"
_OFF = frozenset({"torch.no_grad", "torch.inference_mode"})
_MODE = frozenset({"torch.set_grad_enabled", "torch.autograd.set_grad_enabled"})


def _turns_off(site: FixSite, node: ast.expr) -> bool:
    """Whether an expression is `torch.no_grad`, called or not, or `torch.set_grad_enabled(False)`."""
    if isinstance(node, ast.Call):
        dotted = site.names.resolve(node.func)
        given = node.args[0] if node.args else None
        value = given.value if isinstance(given, ast.Constant) else None
        return (dotted in _OFF and value is not False) or (dotted in _MODE and value is False)
    return site.names.resolve(node) in _OFF


def record(site: FixSite) -> Iterator[Repair]:
    """Take away the decorator, the `with` block or the call that turns recording off."""
    if site.note == REENTRANT and isinstance(site.node, ast.Call):
        plan = site.plan()
        add_argument(site, plan, site.node, "use_reentrant=False")
        yield plan.repair("Checkpoint with `use_reentrant=False`", Applicability.SAFE)
        return
    yield from _undecorated(site)
    if isinstance(site.node, ast.Call) and _wraps(site, site.node):
        yield _unwrapped(site, site.node)
        return
    for block in _around(site):
        if isinstance(block, ast.With) and any(_turns_off(site, item.context_expr) for item in block.items):
            yield from _dedented(site, block)
            return
    for node in walk_tree(site.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _turns_off(site, node.value):
            plan = site.plan()
            if site.names.resolve(node.value.func) in _MODE:
                plan.replace(node.value.args[0], "True")
                _take_flags(site, plan, _flags(site, site.tree))
                yield plan.repair("Turn gradient mode on", Applicability.SAFE)
                return
    yield from _switched(site)


def _wraps(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is `no_grad()(f)` or `no_grad(f)`."""
    if len(call.args) != 1:
        return False
    if isinstance(call.func, ast.Call):
        return _turns_off(site, call.func)
    # What `inference_mode` is given may say whether it is on.
    function = isinstance(call.args[0], ast.Lambda | ast.Name | ast.Attribute)
    return (
        site.names.resolve(call.func) in _OFF and function and not isinstance(site.parent(call), ast.withitem)
    )


def _unwrapped(site: FixSite, call: ast.Call) -> Repair:
    plan = site.plan()
    function = call.args[0]
    text = site.segment(function)
    plan.replace(call, text if isinstance(function, ast.Name | ast.Attribute) else f"({text})")
    return plan.repair(f"Remove `{site.segment(call.func)}`", Applicability.SAFE)


def _switched(site: FixSite) -> Iterator[Repair]:
    """`set_grad_enabled(phase == "val")` → `set_grad_enabled(True)`; a context that a stack enters alike"""
    for node in near(site):
        if not isinstance(node, ast.Call):
            continue
        plan = site.plan()
        dotted = site.names.resolve(node.func)
        condition = next(iter([*node.args, *(word.value for word in node.keywords)]), None)
        if dotted in _MODE and condition is not None:
            plan.replace(condition, "True")
            yield plan.repair("Turn gradient mode on", Applicability.UNSAFE)
            return
        if dotted in _OFF and isinstance(site.parent(node), ast.Call):
            plan.replace(node, f"{plan.spell('torch.enable_grad')}()")
            yield plan.repair("Record here: `torch.enable_grad()`", Applicability.UNSAFE)
            return


def _around(site: FixSite) -> Iterator[ast.AST]:
    yield from walk_tree(site.node)
    current = site.parent(site.node)
    while current is not None:
        yield current
        current = site.parent(current)


def _undecorated(site: FixSite) -> Iterator[Repair]:
    for node in _around(site):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            if _turns_off(site, decorator):
                plan = site.plan()
                source = site.source
                start, end = source.span(decorator)
                first = source.line_start(source.line_of(start))
                last = source.line_start(source.line_of(end) + 1)
                indent = source.indentation(node.lineno)
                kept = [
                    indent + comment + source.newline for comment in comments_between(source, first, last)
                ]
                plan.replace_span(first, last, "".join(kept))
                yield plan.repair(f"Remove `@{ast.unparse(decorator)}`", Applicability.SAFE)
                return


def _dedented(site: FixSite, block: ast.With) -> Iterator[Repair]:
    if any(_writes(statement) and not _fills_new(site, statement) for statement in block.body):
        return  # autograd lets nobody write into a leaf while it records
    plan = site.plan()
    kept = [item for item in block.items if not _turns_off(site, item.context_expr)]
    if kept:
        first = site.source.span(block.items[0].context_expr)[0]
        last = site.source.span(block.items[-1].optional_vars or block.items[-1].context_expr)[1]
        texts = []
        for item in kept:
            name = f" as {site.segment(item.optional_vars)}" if item.optional_vars is not None else ""
            texts.append(site.segment(item.context_expr) + name)
        plan.replace_span(first, last, ", ".join(texts))
        yield plan.repair("Take `no_grad` out of the `with`", Applicability.SAFE)
        return
    if not dedent(site, plan, block):
        return
    yield plan.repair("Move the computation out of `no_grad`", Applicability.SAFE)


def _fills_new(site: FixSite, statement: ast.stmt) -> bool:
    """Whether an edit in place is of a tensor that the function made, which is no leaf that requires grad."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as filled))):
            made = op_of(site.scope.value_of(filled), site.names)
            return made is not None and made.name.startswith(("zeros", "empty", "new_")) and not made.keywords
        case _:
            return False


def _writes(statement: ast.stmt) -> bool:
    """`weight.copy_(w)`, `weight -= step`: an edit in place."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        return isinstance(called, ast.Attribute) and called.attr.endswith("_") and called.attr[:1] != "_"
    return isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Attribute)


def dedent(site: FixSite, plan: Plan, block: ast.With) -> bool:
    """Replace a `with` by its body, one level out; False where its layout does not allow that."""
    source = site.source
    body = block.body
    if not stands_alone(source, block) or not all(stands_alone(source, statement) for statement in body):
        return False
    outer, inner = source.indentation(block.lineno), source.indentation(body[0].lineno)
    if not inner.startswith(outer) or len(inner) <= len(outer):
        return False
    start, end = full_lines(source, block)
    head_line = block.items[-1].context_expr.end_lineno or block.lineno
    header = source.line_start(head_line + 1)
    # A comment behind the colon stays, on a line of its own.
    comments = comments_between(source, start, header)
    plan.replace_span(start, header, "".join(f"{outer}{comment}{source.newline}" for comment in comments))
    protected = string_lines(block)
    for line in range(source.line_of(header), source.line_of(max(end - 1, header)) + 1):
        at = source.line_start(line)
        if line not in protected and source.text.startswith(inner, at):
            plan.replace_span(at + len(outer), at + len(inner), "")
    return True


def create_graph(site: FixSite) -> Iterator[Repair]:
    """`torch.autograd.grad(e, x)` → `torch.autograd.grad(e, x, create_graph=True)`"""
    call = dotted_near(site, {"torch.autograd.grad", "torch.autograd.backward"})
    if call is None:
        for node in near(site):
            op = op_of(node, site.names)
            if op is not None and op.name == "backward":
                call = op.node
                break
    if call is None and isinstance(site.node, ast.Call):
        call = site.node  # `partial(torch.autograd.grad, ...)`, which takes the keyword too
    if call is not None:
        plan = site.plan()
        add_argument(site, plan, call, "create_graph=True")
        yield plan.repair("Record the gradient's own graph with `create_graph=True`", Applicability.SAFE)


def retain_graph(site: FixSite) -> Iterator[Repair]:
    """`a.backward()` → `a.backward(retain_graph=True)`"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is not None and op.name in ("backward", "autograd.grad", "autograd.backward"):
            plan = site.plan()
            add_argument(site, plan, op.node, "retain_graph=True")
            yield plan.repair("Keep the graph for the second backward", Applicability.SAFE)
            return


def unflag(site: FixSite) -> Iterator[Repair]:
    """Take `requires_grad_(True)` off a result: it hides the cut and restores nothing.

    What hides the error of backward is no part of the loss, but without it the program stops there.
    """
    title, promise = _UNFLAG, Applicability.UNSAFE
    if site.note == REFUSED:
        title, promise = "Remove the flag: the result requires grad as it is", Applicability.SAFE
    statement = site.statement()
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="requires_grad_"))):
            pass
        case ast.Assign(targets=[ast.Attribute(attr="requires_grad")]):
            pass
        case _:
            yield from _unflag_inside(site)
            return
    plan = site.plan()
    if not stands_alone(site.source, statement) or sole_in_block(site.parents, statement):
        plan.replace(statement, "pass")
    else:
        remove(plan, statement)
    yield plan.repair(title, promise)


def without_flags(site: FixSite, repair: Repair) -> Repair:
    """A repair, with the `loss.requires_grad = True` below it taken away.

    On a result that has its graph back, PyTorch refuses the assignment.
    """
    line = getattr(site.node, "lineno", 0)
    flags = [flag for flag in _flags(site, site.function or site.tree) if flag.lineno > line]
    if not flags or not repair.edits:
        return repair
    plan = site.plan()
    plan.edits.extend(repair.edits)
    _take_flags(site, plan, flags)
    return replace(repair, edits=tuple(dict.fromkeys(plan.edits)))


def _take_flags(site: FixSite, plan: Plan, flags: Iterable[ast.stmt]) -> None:
    for flag in flags:
        if sole_in_block(site.parents, flag) or not stands_alone(site.source, flag):
            plan.replace(flag, "pass")
        else:
            remove(plan, flag)


def _flags(site: FixSite, tree: ast.AST) -> list[ast.Assign]:
    """The `loss.requires_grad = True` below a tree, of results."""
    return [node for node in nodes_of(tree) if isinstance(node, ast.Assign) and _is_flag(site, node)]


def _is_flag(site: FixSite, statement: ast.Assign) -> bool:
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name(id=name), attr="requires_grad")],
            value=ast.Constant(value=True),
        ):
            around: ast.AST | None = statement
            while around is not None and not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
                around = site.parent(around)
            scope = scope_of(around or site.tree)
            return scope.only_binding(name) is not None and name not in scope.parameters
        case _:
            return False


def _unflag_inside(site: FixSite) -> Iterator[Repair]:
    for node in near(site):
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="requires_grad_")):
                plan = site.plan()
                plan.replace(node, site.segment(inner))
                yield plan.repair(_UNFLAG, Applicability.UNSAFE)
                return
            case ast.Call(keywords=keywords):
                for word in keywords:
                    if word.arg == "requires_grad":
                        plan = site.plan()
                        plan.replace_span(*keyword_span(site, node, word), "")
                        yield plan.repair(_UNFLAG, Applicability.UNSAFE)
                        return
