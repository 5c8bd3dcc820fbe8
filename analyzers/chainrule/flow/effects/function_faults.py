"""Mistakes in a subclass of torch.autograd.Function, by its text and by a run of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.values import Class
from chainrule.flow.effects.faults import Fault
from chainrule.flow.effects.function_edits import edited_gradients
from chainrule.flow.effects.function_grad_mode import recorded_in_backward
from chainrule.flow.effects.function_returns import is_miscounted, lost_inputs, returns_of, values_of
from chainrule.flow.effects.function_runs import Method, follow, parameters_of
from chainrule.syntax import walk_tree


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
        if not any(returns_of(backward)):
            return []  # a backward that does nothing but raise says that no gradient is meant
        text = "`mark_non_differentiable` takes the only output out of the graph: backward is never called"
        return [Fault(Cause.FUNCTION_GRADIENTS, marked, text)]
    found = recorded_in_backward(cls, backward)
    inputs = _inputs(cls, forward)
    given = set(_named(backward)[1:])
    for returned in returns_of(backward):
        values = values_of(returned, given)
        if values is None:
            continue
        if inputs is not None and is_miscounted(values, inputs):
            return [*found, Fault(Cause.FUNCTION_GRADIENTS, returned, _miscounted(len(values), inputs))]
        found.extend(lost_inputs(values, inputs, forward, backward))
    found.extend(_when_run(cls, forward, backward, inputs, {fault.index: fault.at for fault in found}))
    return [*found, *edited_gradients(backward, _named(backward)[1:])]


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
    last = max(returns_of(backward), key=lambda each: each.lineno, default=None)
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
    returned = [each.value for each in returns_of(forward)]
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
