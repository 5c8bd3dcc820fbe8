"""Repairs of the gradients that the backward of a custom `torch.autograd.Function` returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.chain import gradient_of
from chainrule.fixes.repairs.functions import backward_of, method_of
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.statements import remove, sole_in_block, stands_alone


def return_gradients(site: FixSite) -> Iterator[Repair]:
    """`return g` → `return g, None`: one gradient for each input of forward"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or function is forward or forward.args.vararg is not None:
        return
    wanted = len(forward.args.posonlyargs + forward.args.args) - 1
    plan = site.plan()
    for node in ast.walk(function):
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
    inputs = [argument.arg for argument in forward.args.args[1:]]
    incoming = function.args.args[1].arg
    plan = site.plan()
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        given = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for name, gradient in zip(inputs, given, strict=False):
            wanted = name in site.sources or (not set(inputs) & set(site.sources) and name == inputs[0])
            nothing = site.scope.value_of(gradient) if site.function is function else gradient
            if wanted and _is_nothing(nothing):
                plan.replace(nothing, incoming)
    if plan.edits:
        yield plan.repair("Pass the incoming gradient straight through", Applicability.UNSAFE)


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
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for place, part in enumerate(node.value.elts):
                if isinstance(part, ast.Name):
                    places[part.id] = place
    plan = site.plan()
    for branch in ast.walk(function):
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
    if any(isinstance(node, ast.Return) for node in ast.walk(function)):
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
    for node in ast.walk(forward):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(), attr=kept)], value=ast.Name(id=name)
            ) if kept == name:
                numbers.add(name)
            case _:
                pass
    numbers.discard(inputs[0] if inputs else "")  # what the Function is for
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    if len(returns) != 1 or not isinstance(returns[0], ast.Tuple) or len(returns[0].elts) != len(inputs):
        return
    given = returns[0].elts
    empty = [
        place
        for place, name in enumerate(inputs)
        if name in site.sources or (name not in numbers and not set(inputs) & set(site.sources))
        if isinstance(given[place], ast.Constant)
    ]
    full = [place for place, part in enumerate(given) if not _is_nothing(part)]
    if len(empty) == len(full) == 1 and inputs[full[0]] in numbers:
        plan = site.plan()
        plan.replace(given[empty[0]], site.segment(given[full[0]]))
        plan.replace(given[full[0]], "None")
        yield plan.repair("Return the gradients in the order of forward's inputs", Applicability.SAFE)


def product_rule(site: FixSite) -> Iterator[Repair]:
    """The gradient that is missing of `return x * w` → `grad * x`, for an input that backward has at hand"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or forward.args.vararg is not None or len(function.args.args) != 2:
        return
    inputs = [argument.arg for argument in (*forward.args.posonlyargs, *forward.args.args)][1:]
    results = [n.value for n in ast.walk(forward) if isinstance(n, ast.Return) and n.value is not None]
    saved = _saved(forward, function)
    incoming = function.args.args[1].arg
    returns = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    if len(returns) != 1 or len(results) != 1 or returns[0].value is None:
        return
    values = _values(forward)
    value = returns[0].value
    given: list[ast.expr] = list(value.elts) if isinstance(value, ast.Tuple) else [value]
    texts = [site.segment(part) for part in given]
    found = False
    for place, name in enumerate(inputs):
        missing = place >= len(given) or _never_set(function, given[place])
        if not missing:
            continue
        text = gradient_of(results[0], name, incoming, values, saved)
        if text and "@" not in text:
            shape = f"{saved[name]}.shape" if name in saved else f"{_like(name, values, saved)}.shape"
            text = f"({text}).sum_to_size({shape})" if not shape.startswith(".") else ""
        found = found or bool(text)
        texts[place : place + 1] = [text.replace(f"({incoming})", incoming) or "None"]
    if found:
        plan = site.plan()
        plan.replace(value, ", ".join(texts))
        yield plan.repair("Return the gradient of the other input too", Applicability.SAFE)


def _values(forward: FunctionNode) -> dict[str, ast.expr]:
    """What forward binds its local names to, each once."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(forward):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case _:
                pass
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _like(name: str, values: dict[str, ast.expr], saved: dict[str, str]) -> str:
    """A tensor that backward has, and that is computed from one input alone, element by element."""
    for made, value in values.items():
        read = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} - {"torch"}
        called = ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
        if made in saved and read == {name} and called in ("exp", "sigmoid", "tanh"):
            return saved[made]
    return ""


def _never_set(function: FunctionNode, node: ast.expr) -> bool:
    """Whether a returned gradient is None or zeros, or a name that is never anything else."""
    if not isinstance(node, ast.Name):
        return _is_nothing(node)
    stored = [
        child
        for child in ast.walk(function)
        if isinstance(child, ast.Assign)
        and any(isinstance(n, ast.Name) and n.id == node.id for t in child.targets for n in ast.walk(t))
    ]
    return bool(stored) and all(_is_nothing(child.value) for child in stored)


def _saved(forward: FunctionNode, backward: FunctionNode) -> dict[str, str]:
    """How backward spells the inputs that forward saves: `{"x": "ctx.saved_tensors[0]"}`."""
    kept: list[str] = []
    for node in ast.walk(forward):
        match node:
            case ast.Call(func=ast.Attribute(attr="save_for_backward"), args=args):
                kept = [part.id if isinstance(part, ast.Name) else "" for part in args]
            case _:
                pass
    found = {name: f"{backward.args.args[0].arg}.saved_tensors[{at}]" for at, name in enumerate(kept) if name}
    for node in ast.walk(backward):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Attribute(attr="saved_tensors")):
                for name, part in zip(kept, parts, strict=False):
                    if isinstance(part, ast.Name):
                        found[name] = part.id
            case _:
                pass
    return found


def _is_nothing(node: ast.expr) -> bool:
    """Whether a returned gradient is None, or zero by construction."""
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Call(func=ast.Attribute(attr="zeros_like" | "zeros" | "new_zeros")):
            return True
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _is_nothing(left) or _is_nothing(right)
        case _:
            return False
