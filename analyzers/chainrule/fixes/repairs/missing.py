"""Repairs of gradients that are missing of what backward returns, by the derivative of forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.chain import gradient_of
from chainrule.fixes.repairs.functions import backward_of, method_of
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.usage import names_in
from chainrule.syntax import walk_tree


def product_rule(site: FixSite) -> Iterator[Repair]:
    """The gradient that is missing of `return x * w` → `grad * x`, of what backward has or can be given"""
    function, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if function is None or forward is None or forward.args.vararg is not None or len(function.args.args) != 2:
        return
    inputs = [argument.arg for argument in (*forward.args.posonlyargs, *forward.args.args)][1:]
    results = [n.value for n in walk_tree(forward) if isinstance(n, ast.Return) and n.value is not None]
    returns = [n.value for n in walk_tree(function) if isinstance(n, ast.Return) and n.value is not None]
    if len(returns) != 1 or len(results) != 1:
        return
    value = returns[0]
    given: list[ast.expr] = list(value.elts) if isinstance(value, ast.Tuple) else [value]
    missing = [p for p in range(len(inputs)) if p >= len(given) or _never_set(function, given[p])]
    saved, more = _saved(forward, function), _to_save(forward, function)
    texts = [site.segment(part) for part in given]
    written = _with_slopes(forward, function, results[0], given, texts, missing, saved)
    added: list[str] = []
    if all(written[place] == "None" for place in missing) and more is not None:
        unsaved = [name for name in inputs if name not in saved]
        known = saved | {name: name for name in unsaved}
        written = _with_slopes(forward, function, results[0], given, texts, missing, known)
        read = set().union(*(names_in(ast.parse(text, mode="eval")) for text in written))
        added = [name for name in unsaved if name in read]
    if all(written[place] == "None" for place in missing):
        return
    plan = site.plan()
    plan.replace(value, ", ".join(written))
    if more is not None:
        for name in added:
            plan.insert(site.source.span(more[0].args[-1])[1], f", {name}")
            plan.insert(site.source.span(more[1].elts[-1])[1], f", {name}")
    # What is saved in addition may be a number, which can't be.
    promise = Applicability.UNSAFE if added else Applicability.SAFE
    yield plan.repair("Return the gradient of the other input too", promise)


def _with_slopes(
    forward: FunctionNode,
    backward: FunctionNode,
    result: ast.expr,
    given: list[ast.expr],
    texts: list[str],
    missing: list[int],
    saved: dict[str, str],
) -> list[str]:
    """The texts of the gradients that are returned, with those that are missing; "None" for unknown ones."""
    inputs = [argument.arg for argument in (*forward.args.posonlyargs, *forward.args.args)][1:]
    context, incoming = (argument.arg for argument in backward.args.args)
    values = bound_once(forward)
    slopes = [
        ""
        if saved.get(name, "").startswith(f"{context}.") and "[" not in saved[name]  # a setting
        else gradient_of(result, name, incoming, values, saved)
        for name in inputs
    ]
    # What stands at another place is one of the gradients that are missing.
    looked_for = [slopes[place] for place in missing]
    moved = [p for p, part in enumerate(given) if p not in missing and _is_any(part, looked_for)]
    written = list(texts)
    for place in sorted({*missing, *moved}):
        name, text = inputs[place], slopes[place]
        if text and "@" not in text:
            shape = f"{saved[name]}.shape" if name in saved else f"{_like(name, values, saved)}.shape"
            text = f"({text}).sum_to_size({shape})" if not shape.startswith(".") else ""
        written[place : place + 1] = [text.replace(f"({incoming})", incoming) or "None"]
    return written


def bound_once(forward: FunctionNode) -> dict[str, ast.expr]:
    """What forward binds its local names to, each once."""
    found: dict[str, list[ast.expr]] = {}
    for node in walk_tree(forward):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case _:
                pass
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _like(name: str, values: dict[str, ast.expr], saved: dict[str, str]) -> str:
    """A tensor that backward has, and that is computed from one input alone, element by element."""
    for made, value in values.items():
        read = {n.id for n in walk_tree(value) if isinstance(n, ast.Name)} - {"torch"}
        called = ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
        if made in saved and read == {name} and called in ("exp", "sigmoid", "tanh"):
            return saved[made]
    return ""


def _never_set(function: FunctionNode, node: ast.expr) -> bool:
    """Whether a returned gradient is None or zeros, or a name that is never anything else."""
    if not isinstance(node, ast.Name):
        return is_nothing(node)
    stored = [
        child
        for child in walk_tree(function)
        if isinstance(child, ast.Assign)
        and any(isinstance(n, ast.Name) and n.id == node.id for t in child.targets for n in walk_tree(t))
    ]
    return bool(stored) and all(is_nothing(child.value) for child in stored)


def _saved(forward: FunctionNode, backward: FunctionNode) -> dict[str, str]:
    """How backward spells the inputs that forward saves: `{"x": "ctx.saved_tensors[0]"}`."""
    kept: list[str] = []
    for node in walk_tree(forward):
        match node:
            case ast.Call(func=ast.Attribute(attr="save_for_backward"), args=args):
                kept = [part.id if isinstance(part, ast.Name) else "" for part in args]
            case _:
                pass
    context = backward.args.args[0].arg
    found = {name: f"{context}.saved_tensors[{at}]" for at, name in enumerate(kept) if name}
    for node in walk_tree(forward):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(), attr=attribute)], value=ast.Name(id=name)
            ):
                found.setdefault(name, f"{context}.{attribute}")
            case _:
                pass
    for node in walk_tree(backward):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Attribute(attr="saved_tensors")):
                for name, part in zip(kept, parts, strict=False):
                    if isinstance(part, ast.Name):
                        found[name] = part.id
            case _:
                pass
    return found


def _to_save(forward: FunctionNode, backward: FunctionNode) -> tuple[ast.Call, ast.Tuple] | None:
    """The one call that saves tensors, and the names that backward unpacks them to; None for other forms."""
    kept = [
        node
        for node in walk_tree(forward)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save_for_backward"
    ]
    unpacked = [
        node.targets[0]
        for node in walk_tree(backward)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "saved_tensors"
    ]
    if len(kept) != 1 or len(unpacked) != 1 or not isinstance(unpacked[0], ast.Tuple):
        return None
    alike = len(kept[0].args) == len(unpacked[0].elts)
    taken = {n.id for n in walk_tree(backward) if isinstance(n, ast.Name)}
    free = not taken & (
        {a.arg for a in forward.args.args[1:]} - {n.id for n in kept[0].args if isinstance(n, ast.Name)}
    )
    return (kept[0], unpacked[0]) if alike and free and kept[0].args else None


def _is_any(node: ast.expr, texts: list[str]) -> bool:
    """Whether an expression is written as one of these texts is, parentheses apart."""
    return any(text and ast.dump(ast.parse(text, mode="eval").body) == ast.dump(node) for text in texts)


def is_nothing(node: ast.expr) -> bool:
    """Whether a returned gradient is None, or zero by construction."""
    match node:
        case ast.Constant(value=None | 0 | 0.0):
            return True
        case ast.Call(func=ast.Attribute(attr="zeros_like" | "zeros" | "new_zeros")):
            return True
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return is_nothing(left) or is_nothing(right)
        case _:
            return False
