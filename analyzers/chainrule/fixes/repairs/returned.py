"""Repairs of the gradients that the backward of a custom `torch.autograd.Function` returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.functions import backward_of, method_of
from chainrule.fixes.repairs.missing import bound_once, is_nothing, product_rule
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.statements import remove, sole_in_block, stands_alone
from chainrule.fixes.usage import Scope, names_in, scope_of
from chainrule.fixes.vocabulary import words
from chainrule.syntax import walk_tree

_STEPS = words(
    """round round_ floor ceil trunc sign sgn heaviside argmax argmin one_hot bernoulli bernoulli_ multinomial
    topk sort clamp clip hardtanh quantize int long bool gt ge lt le eq where"""
)
_SAME_VALUES = words("clone view_as detach contiguous alias mul_")


def return_gradients(site: FixSite) -> Iterator[Repair]:
    """`return g` → `return g, None`: one gradient for each input of forward"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or function is forward or forward.args.vararg is not None:
        return
    wanted = len(forward.args.posonlyargs + forward.args.args) - 1
    plan = site.plan()
    for node in walk_tree(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        given = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if len(given) < wanted:
            plan.insert(site.source.span(node.value)[1], ", None" * (wanted - len(given)))
        elif len(given) > wanted > 0 and isinstance(node.value, ast.Tuple):
            extra = given[wanted:]
            if all(isinstance(part, ast.Constant) and part.value is None for part in extra):
                start, end = site.source.span(given[wanted - 1])[1], site.source.span(extra[-1])[1]
                plan.replace_span(start, end, "")
    if plan.edits:
        yield plan.repair("Return one gradient for each input of forward", Applicability.SAFE)


def pass_through(site: FixSite) -> Iterator[Repair]:
    """A gradient of None or zeros → the incoming gradient, straight through"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or len(function.args.args) < 2:
        return
    if any(in_order(site)):
        return  # the gradients are all there
    if not _is_step(forward) or any(product_rule(site)):
        return
    inputs = [argument.arg for argument in forward.args.args[1:]]
    incoming = function.args.args[1].arg
    plan = site.plan()
    for node in walk_tree(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        given = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for name, gradient in zip(inputs, given, strict=False):
            wanted = name in site.sources or (not set(inputs) & set(site.sources) and name == inputs[0])
            nothing = site.scope.value_of(gradient) if site.function is function else gradient
            if wanted and is_nothing(nothing):
                plan.replace(nothing, incoming)
    if plan.edits:
        yield plan.repair("Pass the incoming gradient straight through", Applicability.UNSAFE)


def _is_step(forward: FunctionNode) -> bool:
    """Whether forward rounds, compares or hands its input on: its own derivative is zero, or one."""
    values = bound_once(forward)
    for node in walk_tree(forward):
        if isinstance(node, ast.Compare):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _STEPS:
            return True
    results = [n.value for n in walk_tree(forward) if isinstance(n, ast.Return) and n.value is not None]
    return bool(results) and all(_hands_on(values.get(ast.unparse(each), each)) for each in results)


def _hands_on(node: ast.expr) -> bool:
    """Whether an expression is a tensor as it came, or its values once more: `x.view_as(x)`, `x * 1.0`"""
    match node:
        case ast.Name():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr=name)):
            return name in _SAME_VALUES
        case ast.BinOp(left=ast.Name(), op=ast.Mult(), right=ast.Constant(value=1 | 1.0)):
            return True
        case _:
            return False


def return_computed(site: FixSite) -> Iterator[Repair]:
    """`return torch.zeros_like(grad / n)` of what is computed from the incoming gradient → `grad / n`"""
    function, _ = backward_of(site)
    if function is None or len(function.args.args) < 2:
        return
    scope = scope_of(function)
    plan = site.plan()
    for node in walk_tree(function):
        if isinstance(node, ast.Return) and node.value is not None:
            for part in node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]:
                match part:
                    case ast.Call(func=ast.Attribute(attr="zeros_like"), args=[inner]) if function.args.args[
                        1
                    ].arg in _read(scope, inner) and not isinstance(inner, ast.Name):
                        plan.replace(part, site.segment(inner))
                    case _:
                        pass
    if plan.edits:
        yield plan.repair("Return what is computed, not zeros of its shape", Applicability.UNSAFE)


def _read(scope: Scope, node: ast.expr) -> set[str]:
    """The names that an expression is computed from, through plain assignments."""
    found: set[str] = set()
    pending = [node]
    while pending:
        for name in names_in(pending.pop()) - found:
            found.add(name)
            pending += [b.value for b in scope.bindings.get(name, ()) if b.value is not None]
    return found


def unmark(site: FixSite) -> Iterator[Repair]:
    """Take away `ctx.mark_non_differentiable(out)` for the output that is to have a gradient."""
    statement = site.statement()
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="mark_non_differentiable"))):
            pass
        case _:
            return
    if sole_in_block(site.parents, statement) or not stands_alone(site.source, statement):
        return
    plan = site.plan()
    remove(plan, statement)
    yield plan.repair("Remove `mark_non_differentiable`: the output has a gradient", Applicability.SAFE)


def right_input(site: FixSite) -> Iterator[Repair]:
    """`if ctx.needs_input_grad[2]: grad_w = …` → `[1]`, the place of `grad_w` among what is returned"""
    function, _ = backward_of(site)
    if function is None:
        return
    places: dict[str, int] = {}
    for node in walk_tree(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for place, part in enumerate(node.value.elts):
                if isinstance(part, ast.Name):
                    places[part.id] = place
    plan = site.plan()
    for branch in walk_tree(function):
        match branch:
            case ast.If(
                test=ast.Subscript(
                    value=ast.Attribute(attr="needs_input_grad"),
                    slice=ast.Constant(value=int(asked)) as index,
                ),
                body=[ast.Assign(targets=[ast.Name(id=name)])],
            ) if places.get(name, asked) != asked:
                plan.replace(index, str(places[name]))
            case _:
                pass
    if plan.edits:
        yield plan.repair("Ask for the input that this gradient belongs to", Applicability.SAFE)


def return_last(site: FixSite) -> Iterator[Repair]:
    """A backward that ends in `grad * x` → `return grad * x`, with None for the other inputs"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or forward.args.vararg is not None:
        return
    if any(isinstance(node, ast.Return) for node in walk_tree(function)):
        return
    head: ast.AST
    match function.body[-1]:
        case ast.Expr(value=ast.BinOp() | ast.UnaryOp() | ast.Tuple() | ast.Name() as value) as head:
            pass
        case (
            ast.Assign(targets=[ast.Name()], value=ast.BinOp() | ast.UnaryOp() | ast.Call() as value) as head
        ):
            pass
        case _:
            return
    wanted = len(forward.args.posonlyargs + forward.args.args) - 1
    given = len(value.elts) if isinstance(value, ast.Tuple) else 1
    plan = site.plan()
    start, end = site.source.span(head)[0], site.source.span(value)[1]
    plan.replace_span(start, site.source.span(value)[0], "return ")
    if given < wanted:
        plan.insert(end, ", None" * (wanted - given))
    yield plan.repair("Return the gradient", Applicability.SAFE)


def in_order(site: FixSite) -> Iterator[Repair]:
    """`return None, grad` → `return grad, None` where the second input of forward is a number"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None:
        return
    inputs = [argument.arg for argument in (*forward.args.posonlyargs, *forward.args.args)][1:]
    numbers = set(inputs[len(inputs) - len(forward.args.defaults) :]) if forward.args.defaults else set()
    for node in walk_tree(forward):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(), attr=kept)], value=ast.Name(id=name)
            ) if kept == name:
                numbers.add(name)
            case _:
                pass
    numbers.discard(inputs[0] if inputs else "")  # what the Function is for
    returns = [node.value for node in walk_tree(function) if isinstance(node, ast.Return)]
    if len(returns) != 1 or not isinstance(returns[0], ast.Tuple) or len(returns[0].elts) != len(inputs):
        return
    given = returns[0].elts
    empty = [
        place
        for place, name in enumerate(inputs)
        if name in site.sources or (name not in numbers and not set(inputs) & set(site.sources))
        if isinstance(given[place], ast.Constant)
    ]
    full = [place for place, part in enumerate(given) if not is_nothing(part)]
    if len(empty) == len(full) == 1 and inputs[full[0]] in numbers:
        plan = site.plan()
        plan.replace(given[empty[0]], site.segment(given[full[0]]))
        plan.replace(given[full[0]], "None")
        yield plan.repair("Return the gradients in the order of forward's inputs", Applicability.SAFE)
