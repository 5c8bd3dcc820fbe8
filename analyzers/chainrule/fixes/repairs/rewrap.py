"""Repairs of tensors that were wrapped anew: Variable, Parameter, deepcopy, moved leaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom, op_of
from chainrule.fixes.repairs.common import dotted_near, keyword_span, text_of, wrapped
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.statements import insert_before, stands_alone
from chainrule.fixes.vocabulary import CASTS


def unwrap_variable(site: FixSite) -> Iterator[Repair]:
    """`Variable(t)` → `t`"""
    call = dotted_near(site, {"torch.autograd.Variable"})
    if call is not None and call.args:
        plan = site.plan()
        plan.replace(call, wrapped(site, call, uncut(site, call.args[0])))
        yield plan.repair("Use the tensor itself: `Variable` makes a new leaf", Applicability.SAFE)


def unwrap_parameter(site: FixSite) -> Iterator[Repair]:
    """`nn.Parameter(x)` in forward → `x`"""
    call = dotted_near(site, {"torch.nn.Parameter", "torch.nn.Buffer"})
    if call is None or not call.args:
        return
    title = "Use the computed tensor: a new `nn.Parameter` has no graph"
    statement = site.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute) as target]):
            yield from _local_parameter(site, title, statement, target, attribute, call)
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner)) as target]) if _is_new(site, owner):
            # A module refuses a plain tensor under the name of a parameter that it has.
            if stands_alone(site.source, statement):
                plan = site.plan()
                insert_before(plan, statement, f"del {site.segment(target)}")
                plan.replace(call, uncut(site, call.args[0]))
                yield plan.repair(title, Applicability.SAFE)
        case ast.Assign(targets=[ast.Attribute()]):
            yield disabled(title, "a module takes no plain tensor for a parameter that it has")
        case _:
            plan = site.plan()
            plan.replace(call, wrapped(site, call, uncut(site, call.args[0])))
            yield plan.repair(title, Applicability.SAFE)


def _is_new(site: FixSite, name: str) -> bool:
    """Whether a local name holds a module that the function makes."""
    binding = site.scope.only_binding(name)
    value = binding.value if binding is not None else None
    return isinstance(value, ast.Call) and (site.names.resolve(value.func) or "").startswith("torch.nn.")


def _local_parameter(
    site: FixSite, title: str, statement: ast.stmt, target: ast.Attribute, attribute: str, call: ast.Call
) -> Iterator[Repair]:
    """A module refuses a plain tensor for a registered parameter: use a local name instead."""
    function = site.function
    if function is None:
        return
    local = site.scope.fresh(attribute)
    uses = _attribute_uses(function, attribute)
    elsewhere = [use for use in _attribute_uses(site.tree, attribute) if use not in uses]
    if any(isinstance(use.ctx, ast.Load) and _method_of(site, use) != "__init__" for use in elsewhere):
        yield disabled(title, f"other methods read `self.{attribute}`")
        return
    plan = site.plan()
    for use in uses:
        if use is not target and (use.lineno > statement.lineno):
            plan.replace(use, local)
    plan.replace(target, local)
    plan.replace(call, uncut(site, call.args[0]))
    yield plan.repair(title, Applicability.SAFE)


def _attribute_uses(tree: ast.AST, attribute: str) -> list[ast.Attribute]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    ]


def _method_of(site: FixSite, node: ast.AST) -> str:
    current = site.parent(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = site.parent(current)
    return current.name if current is not None else ""


def clone(site: FixSite) -> Iterator[Repair]:
    """`copy.deepcopy(x)` → `x.clone()`; a module has no clone"""
    call = dotted_near(site, {"copy.deepcopy", "copy.copy"})
    if call is not None and call.args:
        copied = ast.unparse(call.args[0])
        if any(name.startswith(f"{copied}.") for name in site.sources):
            reason = f"the copy of `{copied}` has parameters of its own, whatever is done with it"
            yield disabled("Copy with `clone()`, which keeps the graph", reason)
            return
        plan = site.plan()
        plan.replace(call, f"{text_of(site, call.args[0])}.clone()")
        yield plan.repair("Copy with `clone()`, which keeps the graph", Applicability.SAFE)


def make_leaf(site: FixSite) -> Iterator[Repair]:
    """`torch.rand(3, requires_grad=True) * 0.1` → `(torch.rand(3) * 0.1).requires_grad_()`

    A result of an older leaf becomes one itself: `w = w - lr * w.grad` → `(…).detach().requires_grad_()`.
    """
    statement = site.statement()
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if value is None or isinstance(value, ast.Name | ast.Tuple | ast.List) or _is_asked_by(site):
        return
    plan = site.plan()
    made = [
        (node, word)
        for node in ast.walk(value)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "requires_grad"
    ]
    if len(made) == 1:
        call, word = made[0]
        start, end = site.source.span(value)
        first, last = keyword_span(site, call, word)
        text = site.text[start:first] + site.text[last:end]
        plan.replace(value, f"{atom(value, text)}.requires_grad_()")
        yield plan.repair("Ask for gradient on the result, which is the leaf then", Applicability.SAFE)
    elif not made and isinstance(value, ast.Call) and _is_stored(statement):
        plan.replace(value, f"{site.segment(value)}.detach().requires_grad_()")
        yield plan.repair("Make the result a leaf that requires grad", Applicability.UNSAFE)
    elif not made and (op_of(value, site.names) is not None or isinstance(value, ast.BinOp)):
        plan.replace(value, f"{atom(value, site.segment(value))}.detach().requires_grad_()")
        if _is_moved(site, value) or _names_itself(statement):
            title = "Make the result a leaf that requires grad"
            yield plan.repair(title, Applicability.SAFE)


def _is_stored(statement: ast.stmt | None) -> bool:
    """Whether an object keeps what a function of the program made: `self.prompt = make_prompt(n, d)`"""
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))], value=ast.Call(func=ast.Name())):
            return True
        case _:
            return False


def _is_moved(site: FixSite, value: ast.expr) -> bool:
    """Whether a value is another tensor in another dtype or place: `x.cuda()`."""
    op = op_of(value, site.names)
    return op is not None and op.dotted is None and op.name in CASTS


def _names_itself(statement: ast.stmt | None) -> bool:
    """`w = w - lr * w.grad`, `self.theta = self.theta.reshape(2, 2)`"""
    match statement:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value):
            spelled = ast.unparse(target)
            return any(
                ast.unparse(n) == spelled for n in ast.walk(value) if isinstance(n, ast.Name | ast.Attribute)
            )
        case _:
            return False


def retain(site: FixSite) -> Iterator[Repair]:
    """`x.grad` of a non-leaf: call `x.retain_grad()` right after the assignment."""
    if _is_asked_by(site):
        return
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]) if stands_alone(
            site.source, statement
        ):
            plan = site.plan()
            following = _following(site, statement)
            kept = f"{ast.unparse(target)}.retain_grad()"
            if following is not None and ast.unparse(following) == kept:
                return  # it is kept already
            if following is not None and stands_alone(site.source, following):
                insert_before(plan, following, f"{site.segment(target)}.retain_grad()")
                yield plan.repair("Keep the gradient of this result with `retain_grad()`", Applicability.SAFE)
        case _:
            pass


def _is_asked_by(site: FixSite) -> bool:
    """Whether the break is what autograd.grad is asked to differentiate by."""
    asking = site.parent(site.node)
    if isinstance(asking, ast.List | ast.Tuple):
        asking = site.parent(asking)
    if isinstance(asking, ast.keyword):
        asking = site.parent(asking)
    return isinstance(asking, ast.Call) and ast.unparse(asking.func).rpartition(".")[2] == "grad"


def _following(site: FixSite, statement: ast.stmt) -> ast.stmt | None:
    parent = site.parent(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block[:-1]:
            following = block[block.index(statement) + 1]
            return following if isinstance(following, ast.stmt) else None
    return None
