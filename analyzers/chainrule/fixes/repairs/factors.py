"""The gradients that a custom backward leaves out although forward's own expression gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.chain import gradient_of
from chainrule.fixes.repairs.functions import backward_of, method_of
from chainrule.fixes.repairs.returned import is_nothing
from chainrule.fixes.site import FixSite, FunctionNode, Repair


def missing_factor(site: FixSite) -> Iterator[Repair]:
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
    missing = [place >= len(given) or _never_set(function, given[place]) for place in range(len(inputs))]
    # What backward has a gradient for is a tensor, and can be saved too.
    tensors = [name for name, lost in zip(inputs, missing, strict=True) if not lost and name not in saved]
    more = {name: name for name in tensors if _is_free(name, forward, function)}
    packed, unpacked = _saving(forward, function)
    wanted: set[str] = set()
    found = False
    for place, name in enumerate(inputs):
        if not missing[place]:
            continue
        text = gradient_of(results[0], name, incoming, values, saved)
        if not text and packed is not None and unpacked is not None:
            text = gradient_of(results[0], name, incoming, values, {**saved, **more})
            wanted |= {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)} & more.keys()
        if text and "@" not in text:
            shape = f"{saved[name]}.shape" if name in saved else f"{_like(name, values, saved)}.shape"
            text = f"({text}).sum_to_size({shape})" if not shape.startswith(".") else ""
        found = found or bool(text)
        texts[place : place + 1] = [text.replace(f"({incoming})", incoming) or "None"]
    if found:
        plan = site.plan()
        plan.replace(value, ", ".join(texts))
        for last in (packed, unpacked) if wanted else ():
            assert last is not None
            end = site.source.span(last)[1]
            comma = len(site.text[end:]) - len(site.text[end:].lstrip()) + 1  # of `(x,)`, or of a list's end
            stop = end + comma if site.text[end : end + comma].endswith(",") else end
            plan.replace_span(end, stop, "".join(f", {name}" for name in tensors if name in wanted))
        yield plan.repair("Return the gradient of the other input too", Applicability.SAFE)


def _saving(forward: FunctionNode, backward: FunctionNode) -> tuple[ast.expr | None, ast.expr | None]:
    """The last of what forward saves, and the last name that backward gives to what was saved."""
    packed = [
        node.args
        for node in ast.walk(forward)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "save_for_backward"
    ]
    unpacked = [
        node.targets[0].elts
        for node in ast.walk(backward)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Tuple)
        and getattr(node.value, "attr", "") == "saved_tensors"
    ]
    read = [node for node in ast.walk(backward) if getattr(node, "attr", "") == "saved_tensors"]
    if len(packed) != 1 or len(unpacked) != 1 or len(read) != 1 or len(packed[0]) != len(unpacked[0]):
        return None, None
    return (packed[0][-1], unpacked[0][-1]) if packed[0] else (None, None)


def _is_free(name: str, forward: FunctionNode, backward: FunctionNode) -> bool:
    """Whether forward binds an input to nothing else, and backward knows nothing of that name."""
    stored = (n for n in ast.walk(forward) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    used = (n.id for n in ast.walk(backward) if isinstance(n, ast.Name))
    return name not in used and all(each.id != name for each in stored)


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
        return is_nothing(node)
    stored = [
        child
        for child in ast.walk(function)
        if isinstance(child, ast.Assign)
        and any(isinstance(n, ast.Name) and n.id == node.id for t in child.targets for n in ast.walk(t))
    ]
    return bool(stored) and all(is_nothing(child.value) for child in stored)


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
