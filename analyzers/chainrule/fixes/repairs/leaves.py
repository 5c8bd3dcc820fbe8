"""Repairs of results that are used as leaves: made into one, changed in place, or told to keep a gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom, op_of
from chainrule.fixes.repairs.common import keyword_span
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import block_of, insert_before, put_under, stands_alone
from chainrule.fixes.vocabulary import CASTS
from chainrule.syntax import walk_tree

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_CONTEXTS = frozenset(["torch.no_grad", "torch.inference_mode"])


def step_in_place(site: FixSite) -> Iterator[Repair]:
    """Under `no_grad`, `w = w - lr * w.grad` → `w -= lr * w.grad`, with `w.grad` emptied before backward"""
    statement = site.statement()
    match statement:
        case ast.Assign(
            targets=[ast.Name() | ast.Attribute() as target], value=ast.BinOp(left=left, op=op, right=right)
        ) if type(op) in _OPERATORS and ast.unparse(left) == ast.unparse(target):
            pass
        case _:
            return
    around = list(_around(site, statement))
    silent = any(
        isinstance(node, ast.With)
        and any(
            isinstance(item.context_expr, ast.Call)
            and site.names.resolve(item.context_expr.func) in _CONTEXTS
            for item in node.items
        )
        for node in around
    )
    if not silent:
        return
    plan = site.plan()
    name = site.segment(target)
    start, end = site.source.span(statement)[0], site.source.span(right)[0]
    tail = site.text[site.source.span(left)[1] : end].partition(_OPERATORS[type(op)])[2]
    plan.replace_span(start, end, f"{name} {_OPERATORS[type(op)]}={tail or ' '}")
    loop = next((node for node in around if isinstance(node, ast.For | ast.While)), None)
    passes = [node for node in walk_tree(loop) if _is_backward(node)] if loop is not None else []
    if len(passes) == 1 and not _is_emptied(site, loop, name):
        backward = passes[0]
        assert isinstance(backward, ast.Expr)
        if stands_alone(site.source, backward):
            insert_before(plan, backward, f"{name}.grad = None")
    yield plan.repair("Change the leaf in place, so that it stays one", Applicability.SAFE)


def _around(site: FixSite, node: ast.AST) -> Iterator[ast.AST]:
    current = site.parent(node)
    while current is not None:
        yield current
        current = site.parent(current)


def _is_backward(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="backward"))):
            return True
        case _:
            return False


def _is_emptied(site: FixSite, loop: ast.AST | None, name: str) -> bool:
    """Whether a loop empties the gradient of a leaf itself: `w.grad = None`, `zero_grad()`"""
    for node in walk_tree(loop or site.tree):
        match node:
            case ast.Attribute(attr="zero_grad"):
                return True
            case ast.Attribute(attr="grad", ctx=ast.Store(), value=owner) if ast.unparse(owner) == name:
                return True
            case ast.Attribute(attr="zero_", value=ast.Attribute(attr="grad", value=owner)) if (
                ast.unparse(owner) == name
            ):
                return True
            case _:
                pass
    return False


def keep_as_parameter(site: FixSite) -> Iterator[Repair]:
    """In `__init__`, `self.codes = normalize(codes)` → an `nn.Parameter` of the result"""
    statement = site.statement()
    function = site.function
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))], value=ast.Call() as value):
            pass
        case _:
            return
    if function is None or function.name != "__init__" or not _reads_local_leaf(site, value):
        return
    owner = site.parent(function)
    module = isinstance(owner, ast.ClassDef) and any(
        ast.unparse(base).endswith("Module") for base in owner.bases
    )
    plan = site.plan()
    if module:
        plan.replace(value, f"{plan.spell('torch.nn.Parameter')}({site.segment(value)}.detach())")
    else:
        plan.replace(value, f"{site.segment(value)}.detach().requires_grad_()")
    yield plan.repair("Make the result the leaf that is learned", Applicability.UNSAFE)


def _reads_local_leaf(site: FixSite, value: ast.expr) -> bool:
    """Whether an expression is computed from a leaf that the function makes, and from no parameter."""
    if any(
        isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" for node in walk_tree(value)
    ):
        return False
    made = [site.scope.value_of(node) for node in walk_tree(value) if isinstance(node, ast.Name)]
    return any(
        isinstance(node, ast.Call)
        and (
            any(word.arg == "requires_grad" for word in node.keywords)
            or site.names.resolve(node.func) == "torch.nn.Parameter"
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "requires_grad_")
        )
        for node in made
    )


def clamp_in_place(site: FixSite) -> Iterator[Repair]:
    """In a loop of steps, `x = x.clamp(0, 1)` of a leaf → `x.clamp_(0, 1)` under `no_grad`"""
    loop: ast.AST | None = site.statement()
    while loop is not None and not isinstance(loop, ast.For | ast.While):
        loop = site.parent(loop)
    for statement in loop.body if isinstance(loop, ast.For | ast.While) else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as value):
                op = op_of(value, site.names)
            case _:
                continue
        if op is None or op.name not in ("clamp", "clip", "clamp_min", "clamp_max") or op.tensor is None:
            continue
        bindings = site.scope.bindings.get(name, [])
        first = bindings[0].value if bindings else None
        leaf = first is not None and "requires_grad" in ast.unparse(first)
        if not leaf or ast.unparse(op.tensor) != name or not stands_alone(site.source, statement):
            continue
        plan = site.plan()
        given = [site.segment(part) for part in op.operands[1:]]
        given += [f"{word}={site.segment(part)}" for word, part in op.keywords.items()]
        put_under(plan, statement, f"with {plan.spell('torch.no_grad')}():")
        plan.replace(statement, f"{name}.{op.name}_({', '.join(given)})")
        yield plan.repair("Change the leaf in place under `torch.no_grad()`", Applicability.UNSAFE)
        return


def _made_at(site: FixSite) -> ast.stmt | None:
    """The statement that makes the leaf: the break's own, or the binding of what has its `.grad` read."""
    statement = site.statement()
    match site.node:
        case ast.Attribute(value=ast.Name() as name, attr="grad"):
            binding = site.scope.binding_of(name)
            made = binding.statement if binding is not None else None
            own = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name.id
            return made if isinstance(made, ast.Assign) and not own else statement
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self")) as kept, attr="grad"):
            made_in = [
                node
                for node in walk_tree(site.tree)
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(kept)
            ]
            return made_in[0] if len(made_in) == 1 and statement not in made_in else statement
        case _:
            return statement


def make_leaf(site: FixSite) -> Iterator[Repair]:
    """`torch.rand(3, requires_grad=True) * 0.1` → `(torch.rand(3) * 0.1).requires_grad_()`

    A result of an older leaf becomes one itself: `w = w - lr * w.grad` → `(…).detach().requires_grad_()`.
    """
    statement = _made_at(site)
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if value is None or isinstance(value, ast.Name | ast.Tuple | ast.List) or _is_asked_by(site):
        return
    plan = site.plan()
    made = [
        (node, word)
        for node in walk_tree(value)
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


def require_grad(site: FixSite) -> Iterator[Repair]:
    """`x = x.detach()`, by which a derivative is asked for → `x = x.detach().requires_grad_()`"""
    match site.statement():
        case ast.Assign(targets=[ast.Name()], value=ast.Call() as value) if value is site.node:
            plan = site.plan()
            plan.replace(value, f"{site.segment(value)}.requires_grad_()")
            yield plan.repair("Make the result a leaf that requires grad", Applicability.SAFE)
        case _:
            return


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
                ast.unparse(n) == spelled for n in walk_tree(value) if isinstance(n, ast.Name | ast.Attribute)
            )
        case _:
            return False


def retain(site: FixSite) -> Iterator[Repair]:
    """`x.grad` of a non-leaf: call `x.retain_grad()` right after the assignment, or before backward."""
    if _is_asked_by(site):
        return
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]) if stands_alone(
            site.source, statement
        ) and not _passed_again(site, statement):
            plan = site.plan()
            following = _following(site, statement)
            kept = f"{ast.unparse(target)}.retain_grad()"
            if following is not None and ast.unparse(following) == kept:
                return  # it is kept already
            if following is not None and stands_alone(site.source, following):
                insert_before(plan, following, f"{site.segment(target)}.retain_grad()")
                yield plan.repair("Keep the gradient of this result with `retain_grad()`", Applicability.SAFE)
        case _:
            if statement is not None:
                yield from _retain_before_backward(site, statement)


def _retain_before_backward(site: FixSite, reading: ast.stmt) -> Iterator[Repair]:
    """`loss.backward()`, …, `print(net.hidden.grad)` → `net.hidden.retain_grad()` before the backward pass"""
    read = site.node.value if isinstance(site.node, ast.Attribute) and site.node.attr == "grad" else site.node
    block = block_of(site.parents, reading)
    if block is None or not isinstance(read, ast.Name | ast.Attribute):
        return
    for earlier in reversed(block[: block.index(reading)]):
        match earlier:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="backward"))) if stands_alone(
                site.source, earlier
            ):
                plan = site.plan()
                insert_before(plan, earlier, f"{site.segment(read)}.retain_grad()")
                yield plan.repair("Keep the gradient of this result with `retain_grad()`", Applicability.SAFE)
                return
            case _:
                pass


def _passed_again(site: FixSite, statement: ast.stmt) -> bool:
    """Whether a loop that does not make the result anew runs backward, which frees the graph below it."""
    return any(
        isinstance(loop, ast.For | ast.While)
        and any(_is_backward(node) for node in walk_tree(loop))
        and all(node is not statement for node in walk_tree(loop))
        for loop in walk_tree(site.function or site.tree)
    )


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
