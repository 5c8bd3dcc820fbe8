"""Mistakes in a subclass of torch.autograd.Function, by its text and by a run of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.values import Class
from chainrule.flow.effects.function_runs import Method, follow, parameters_of
from chainrule.syntax import children, walk_tree


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the class itself. `index`: the input of forward that is hit, None for all.

    `waits`: only where that input is something to learn at the call. `asks`: only where that other input,
    which decides in backward whether the gradient is computed, is no tensor at the call. `derived`: forward
    has a derivative in that input.
    """

    cause: Cause
    at: ast.AST
    message: str
    index: int | None = None
    zero: bool = False
    waits: bool = False
    asks: int | None = None
    derived: bool = False


def find_faults(cls: Class) -> list[Fault]:
    """The mistakes in a Function subclass that make its backward raise or lose gradients."""
    key = f"faults of {cls.node.name}"
    known = cls.block.notes.get(key)
    if not isinstance(known, list):
        known = _find_faults(cls)
        cls.block.notes[key] = known
    return known


def holder(cls: Class, fault: Fault) -> Class:
    """The class of `cls` and its bases whose text has `fault`: `backward` may be inherited."""
    return next(
        (each for each in cls.lineage() if any(node is fault.at for node in walk_tree(each.node))),
        cls,
    )


def is_once_differentiable(cls: Class) -> bool:
    """Whether the gradients that a Function's backward returns have no derivatives themselves."""
    backward = _method(cls, "backward")
    return backward is not None and any(
        cls.module.names.resolve(each) == "torch.autograd.function.once_differentiable"
        for each in backward.decorator_list
    )


def _find_faults(cls: Class) -> list[Fault]:
    forward, backward = _method(cls, "forward"), _method(cls, "backward")
    if forward is None:
        return []
    if backward is None:
        if _method(cls, "vjp") is not None:
            return []
        name = cls.node.name
        text = f"`{name}` defines no `backward`: the backward pass raises"
        return [Fault(Cause.FUNCTION_BACKWARD, forward, text)]
    marked = _marked(forward)
    if marked is not None:
        if not any(_returns(backward)):
            return []  # a backward that does nothing but raise says that no gradient is meant
        text = "`mark_non_differentiable` takes the only output out of the graph: backward is never called"
        return [Fault(Cause.FUNCTION_GRADIENTS, marked, text)]
    found = _grad_mode(cls, backward)
    inputs = _inputs(cls, forward)
    given = set(_named(backward)[1:])
    for returned in _returns(backward):
        values = _values(returned, given)
        if values is None:
            continue
        if inputs is not None and _wrong_count(values, inputs):
            return [*found, Fault(Cause.FUNCTION_GRADIENTS, returned, _miscounted(len(values), inputs))]
        found.extend(_lost(values, inputs, forward, backward))
    return [*found, *_when_run(cls, forward, backward, inputs, {fault.index: fault.at for fault in found})]


def _when_run(
    cls: Class,
    forward: Method,
    backward: Method,
    inputs: list[str] | None,
    known: Mapping[int | None, ast.AST],
) -> Iterator[Fault]:
    """What only a run of both methods shows. `known`: the places of the faults that were found without."""
    if inputs is None or None in known:
        return
    given = follow(cls, forward, backward, _method(cls, "setup_context"))
    if given is None:
        return
    last = max(_returns(backward), key=lambda each: each.lineno, default=None)
    if given.nothing:
        text = "`backward` returns nothing: " + (
            f"`{inputs[0]}` gets no gradient" if len(inputs) == 1 else "the backward pass raises"
        )
        yield Fault(Cause.FUNCTION_GRADIENTS, backward.body[-1], text)
        return
    if given.count == 1 < len(inputs) and last is not None:
        yield Fault(Cause.FUNCTION_GRADIENTS, last, _miscounted(1, inputs))
        return
    for index, (kind, place, name) in enumerate(zip(given.gradients, given.places, inputs, strict=False)):
        at = known.get(index) or place or last
        if at is None or not kind:
            continue
        if kind == "none" and index in given.derived:
            text = f"`backward` returns None for `{name}`, which `forward` computes with: it gets no gradient"
            yield Fault(Cause.FUNCTION_GRADIENTS, at, text, index, derived=True)
        elif kind != "none" and index in given.derived:
            text = (
                f"`backward` returns zeros for `{name}`, which `forward` computes with: its gradient is zero"
            )
            yield Fault(Cause.FUNCTION_GRADIENTS, at, text, index, zero=True, derived=True)
        elif index not in known:
            if kind == "none":
                text = f"`backward` returns None for `{name}`, which then gets no gradient"
                yield Fault(Cause.FUNCTION_GRADIENTS, at, text, index, waits=index > 0)
            else:
                text = f"`backward` returns zeros for `{name}`: its gradient is exactly zero"
                yield Fault(Cause.FUNCTION_GRADIENTS, at, text, index, zero=True)


def _marked(forward: Method) -> ast.Call | None:
    """The call that marks what `forward` returns, all of it, as not differentiable."""
    returned = [each.value for each in _returns(forward)]
    for node in walk_tree(forward):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "mark_non_differentiable":
            names = {each.id for each in node.args if isinstance(each, ast.Name)}
            if returned and all(isinstance(each, ast.Name) and each.id in names for each in returned):
                return node
    return None


def _miscounted(count: int, inputs: list[str]) -> str:
    gradients = f"{count} gradient{'s' if count != 1 else ''}"
    taken = f"{len(inputs)} input{'s' if len(inputs) != 1 else ''}"
    return f"`backward` returns {gradients}, but `forward` takes {taken}: the backward pass raises"


def _method(cls: Class, name: str) -> Method | None:
    for each in cls.lineage():
        if name in each.methods:
            return each.methods[name]
    return None


def _inputs(cls: Class, forward: Method) -> list[str] | None:
    """The names of forward's inputs, None where their number is open."""
    spec = forward.args
    if spec.vararg is not None:
        return None
    names = _named(forward)
    return names if _method(cls, "setup_context") is not None else names[1:]


def _named(method: Method) -> list[str]:
    """The names of a method's arguments, without the class that a class method takes."""
    return [parameter.arg for parameter in parameters_of(method)]


def _returns(method: Method) -> list[ast.Return]:
    found: list[ast.Return] = []
    pending: list[ast.AST] = list(method.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(children(node))
    return found


def _values(returned: ast.Return, given: set[str]) -> list[ast.expr] | None:
    """What backward, which was `given` these, returns; None where its length is not seen."""
    value = returned.value
    if isinstance(value, ast.Name) and value.id in given:
        return [value]
    if isinstance(value, ast.Tuple):
        return None if any(isinstance(each, ast.Starred) for each in value.elts) else value.elts
    if isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Constant)):
        # `(g,) + (None,) * n` builds a tuple of a length that is not seen here.
        tuples = any(isinstance(each, ast.Tuple) for each in walk_tree(value))
        return None if tuples else [value]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        known = value.func.attr in (
            "clamp",
            "clone",
            "mul",
            "neg",
            "sum",
            "view",
            "reshape",
            "view_as",
            "contiguous",
            "zeros_like",
        )
        return [value] if known else None
    return None


def _wrong_count(values: list[ast.expr], inputs: list[str]) -> bool:
    if len(values) < len(inputs):
        return True
    surplus = values[len(inputs) :]
    # Surplus Nones are accepted by PyTorch.
    return any(not (isinstance(each, ast.Constant) and each.value is None) for each in surplus)


def _is_plain(name: str, forward: Method) -> bool:
    """Whether an input is a setting, for which None is right: by its name, or kept or called and no more."""
    if role_of(name) in ("setting", "target"):
        return True
    kept = {id(each.value) for each in walk_tree(forward) if isinstance(each, ast.Assign)}
    kept |= {id(each.func) for each in walk_tree(forward) if isinstance(each, ast.Call)}
    used = [each for each in walk_tree(forward) if isinstance(each, ast.Name) and each.id == name]
    return bool(used) and all(id(each) in kept for each in used)


def _is_zero(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return _is_zero(value.left) or _is_zero(value.right)
    return isinstance(value, ast.Call) and getattr(value.func, "attr", "") in ("zeros_like", "zeros")


def _lost(values: list[ast.expr], inputs: list[str] | None, forward: Method, backward: Method) -> list[Fault]:
    found: list[Fault] = []
    nothing = all(isinstance(each, ast.Constant) and each.value is None for each in values)
    for index, value in enumerate(values):
        if inputs is not None and index >= len(inputs):
            break
        name = inputs[index] if inputs is not None else f"input {index + 1}"
        given = _given(backward, value, index)
        if given is not None:
            text = f"`backward` returns None for `{name}`, which then gets no gradient"
            waited_for = index == 0 or nothing or not _is_plain(name, forward)
            certain = isinstance(value, ast.Constant) and waited_for
            at, asks = given
            found.append(Fault(Cause.FUNCTION_GRADIENTS, at, text, index, waits=not certain, asks=asks))
        elif _is_zero(value):
            text = f"`backward` returns zeros for `{name}`: its gradient is exactly zero"
            found.append(Fault(Cause.FUNCTION_GRADIENTS, value, text, index, zero=True))
    return found


def _given(backward: Method, value: ast.expr, index: int) -> tuple[ast.expr, int | None] | None:
    """Where backward decides that an input's gradient stays None, with the other input that it asks for.

    None where a gradient is returned.
    """
    if _is_none(value):
        return value, None
    if not isinstance(value, ast.Name):
        return None
    stores = list(_stores(backward.body, value.id, None))
    asked = {number for stored, number, _ in stores if not _is_none(stored)}
    if not stores or not any(_is_none(stored) for stored, _, _ in stores):
        return None
    if not asked:
        return value, None
    if len(asked) > 1 or None in asked or index in asked:
        return None
    return next((test, number) for _, number, test in stores if test is not None and number is not None)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _stores(
    body: list[ast.stmt], name: str, test: ast.expr | None
) -> Iterator[tuple[ast.expr, int | None, ast.expr | None]]:
    """Values that a name is given, with the i and the test `ctx.needs_input_grad[i]` that asks for each."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            names = {n.id for each in statement.targets for n in walk_tree(each) if isinstance(n, ast.Name)}
            if name in names:
                yield statement.value, _needed(test), test
        elif isinstance(statement, (ast.If, ast.With, ast.For, ast.Try)):
            inner = statement.test if isinstance(statement, ast.If) else test
            yield from _stores(statement.body, name, inner)
            yield from _stores(getattr(statement, "orelse", []), name, test)


def _needed(test: ast.expr | None) -> int | None:
    """The i of `ctx.needs_input_grad[i]`."""
    if (
        isinstance(test, ast.Subscript)
        and isinstance(test.value, ast.Attribute)
        and test.value.attr == "needs_input_grad"
        and isinstance(test.slice, ast.Constant)
        and isinstance(test.slice.value, int)
    ):
        return test.slice.value
    return None


def _grad_mode(cls: Class, backward: Method) -> list[Fault]:
    """autograd used inside backward, where gradients are off unless they are switched on."""
    for node in walk_tree(backward):
        if not isinstance(node, ast.Call):
            continue
        dotted = cls.module.names.resolve(node.func)
        method = isinstance(node.func, ast.Attribute) and node.func.attr == "backward" and not dotted
        method = method and len(node.args) <= 1 and not ast.unparse(node.func).startswith("_")
        if dotted == "torch.autograd.grad" or (method and not _is_super(node.func)):
            if _records(cls, backward):
                return []
            unused = any(each.arg == "allow_unused" for each in node.keywords)
            happens = "gives None or raises" if unused else "raises"
            text = f"gradients are off in `backward`: this {happens} outside of `with torch.enable_grad():`"
            return [Fault(Cause.FUNCTION_GRAD_MODE, node, text)]
    return []


def _records(cls: Class, backward: Method) -> bool:
    """Whether gradients are on somewhere in `backward`, or were for the graph that it goes through."""
    for node in walk_tree(backward):
        if isinstance(node, ast.With) and any(
            "enable_grad" in ast.unparse(i.context_expr) for i in node.items
        ):
            return True
        if isinstance(node, ast.Call) and "set_grad_enabled" in ast.unparse(node.func):
            return True
    if any("enable_grad" in ast.unparse(decorator) for decorator in backward.decorator_list):
        return True
    forward = cls.methods.get("forward")
    return forward is not None and "enable_grad" in ast.unparse(forward)


def _is_super(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and not isinstance(
        func.value, (ast.Name, ast.Call, ast.Attribute, ast.BinOp)
    )
