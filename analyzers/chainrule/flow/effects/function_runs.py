"""Runs of an autograd.Function: what its `backward` returns for each input of `forward`.

`forward` is run on unknown tensors, then `backward` on an unknown gradient with what `forward` has saved.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chainrule.flow.core.graph import Node, flowing_parents
from chainrule.flow.core.interpreter import Frame, Interpreter, OutOfBudget
from chainrule.flow.core.program import Scope
from chainrule.flow.core.values import NONE, Class, Const, Function, Instance, Seq, Tensor, Value
from chainrule.syntax import walk_tree

CONTEXT = "torch.autograd.function.FunctionCtx"
_SAVED = ("saved_tensors", "saved_variables")
# What keeps bounds of zero although it writes other numbers.
_FILLS = frozenset(("masked_fill", "masked_scatter", "index_fill", "scatter", "where"))

Method = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Given:
    """What one run of `backward` returns: for each input of forward "", "none" or "zero", and where.

    `count`: how many gradients, None where it is not seen. `derived`: the inputs that `forward` saves and
    that its result has a derivative in.
    """

    gradients: tuple[str, ...]
    places: tuple[ast.AST | None, ...]
    count: int | None
    derived: frozenset[int]
    nothing: bool = False


def call_context(interp: Interpreter, context: Instance, name: str, arguments: list[Value]) -> Value:
    """`ctx.save_for_backward(...)` and the other methods of a Function's context."""
    if name == "save_for_backward":
        for key in _SAVED:
            interp.put(context.attributes, key, Seq(list(arguments), "tuple"))
    return NONE


def follow(cls: Class, forward: Method, backward: Method, setup: Method | None) -> Given | None:
    """Run `forward` and `backward` of `cls`; None where they are too large to be followed."""
    interp = Interpreter(cls.module)
    interp.budget //= 5
    interp.enter(Frame(cls.module, Scope(cls.scope), cls.block, forward))
    try:
        return _follow(interp, cls, forward, backward, setup)
    except (OutOfBudget, RecursionError):
        return None
    finally:
        interp.release()


def _follow(
    interp: Interpreter, cls: Class, forward: Method, backward: Method, setup: Method | None
) -> Given | None:
    parameters = parameters_of(forward)[0 if setup else 1 :]
    names = [parameter.arg for parameter in parameters]
    inputs: list[Value] = [Tensor(Node("argument", cls.block, forward)) for _ in names]
    context = Instance(external=CONTEXT)
    context.attributes["needs_input_grad"] = Seq([Const(None, known=False)], "tuple", False)
    given = inputs if setup else [context, *inputs]
    before = interp.nodes(inputs)
    result = interp.call_function(_method(cls, forward), given, {}, forward)
    if setup:
        interp.call_function(_method(cls, setup), [context, Seq(inputs, "tuple"), result], {}, setup)
    saved = {id(node) for node in interp.nodes([context.attributes.get(_SAVED[0], NONE)])}
    reached = _differentiable(interp.nodes([result]))
    derived = [
        index
        for index, (node, parameter) in enumerate(zip(before, parameters, strict=True))
        if id(node) in saved and id(node) in reached and _may_be_tensor(parameter)
    ]
    several = len(result.items) if isinstance(result, Seq) and result.exact else 1
    incoming: list[Value] = [Tensor(Node("argument", cls.block, backward)) for _ in range(several)]
    returned = interp.call_function(_method(cls, backward), [context, *incoming], {}, backward)
    if isinstance(returned, Seq):
        if not returned.exact or returned.kind == "generator":
            return None
        values, count = returned.items, len(returned.items)
    elif isinstance(returned, Tensor) and returned.node.op not in ("call", "phi", "name", "attribute"):
        values, count = [returned], 1
    elif returned is NONE or (isinstance(returned, Const) and returned.known and returned.value is None):
        values, count = [], 0
    else:
        return None
    filled = _given_away(cls, forward, backward)
    kinds = ["" if isinstance(v, Tensor) and _is_named(v, filled) else _kind(v) for v in values]
    places = [_origin(value.node).at if isinstance(value, Tensor) else None for value in values]
    nothing = not values and not _may_return(backward)
    return Given(tuple(kinds), tuple(places), count, frozenset(derived), nothing)


def _differentiable(results: list[Node]) -> set[int]:
    """The nodes in which the results have a derivative for certain: no code between is not followed."""
    seen: set[int] = set()
    pending = list(results)
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            pending.extend(flowing_parents(node) if node.op != "call" else ())
    return seen


def _may_be_tensor(parameter: ast.arg) -> bool:
    return parameter.annotation is None or "Tensor" in ast.unparse(parameter.annotation)


def _method(cls: Class, node: Method) -> Function:
    return Function(node, cls.scope, cls.module, cls.block, cls, cls if _is_classmethod(node) else None)


def parameters_of(method: Method) -> list[ast.arg]:
    """What a method of a Function takes, the context first; without the class that a class method takes."""
    spec = method.args
    return [*spec.posonlyargs, *spec.args][1 if _is_classmethod(method) else 0 :]


def _is_classmethod(method: Method) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "classmethod" for each in method.decorator_list)


def _may_return(method: Method) -> bool:
    """Whether a method returns a value somewhere, or leaves by an exception."""
    if isinstance(method.body[-1], ast.Raise):
        return True
    return any(isinstance(node, ast.Return) and node.value is not None for node in walk_tree(method))


def _given_away(cls: Class, *methods: Method) -> set[int]:
    """Nodes of the syntax below which a value is made that code which is not followed may fill: a kernel."""
    names: set[str] = set()
    for method in methods:
        for node in walk_tree(method):
            if isinstance(node, ast.Call) and not _is_known(cls, node.func):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                places = (each for each in given if isinstance(each, (ast.Name, ast.Attribute)))
                names.update(map(ast.unparse, places))
    if not names:
        return set()
    made: set[int] = set()
    for method in methods:
        for node in walk_tree(method):
            if isinstance(node, ast.Assign) and any(ast.unparse(t) in names for t in node.targets):
                made.update(map(id, walk_tree(node.value)))
    return made


def _is_known(cls: Class, func: ast.expr) -> bool:
    """Whether a call is one of torch, or of a method of the context."""
    dotted = cls.module.names.resolve(func)
    if dotted is not None:
        return dotted.startswith("torch.")
    return isinstance(func, ast.Attribute) and func.attr in ("save_for_backward", "mark_dirty")


def _is_named(value: Tensor, made: set[int]) -> bool:
    """Whether a value goes back to one that was made at one of the nodes `made` of the syntax."""
    return any(id(node.at) in made for node in _below(value.node))


def _origin(node: Node) -> Node:
    """The first of the nodes in a row of zeros: where they were made."""
    while True:
        before = next((each for each, _ in node.edges if each.bounds.low == each.bounds.high == 0), None)
        if before is None:
            return node
        node = before


def _kind(value: Value) -> str:
    if isinstance(value, Const):
        if value.known and value.value is None:
            return "none"
        return "zero" if value.known and value.value == 0 and value.value is not False else ""
    if isinstance(value, Tensor) and value.node.bounds.low == value.node.bounds.high == 0:
        return "" if any(node.op in _FILLS for node in _zeros(value.node)) else "zero"
    return ""


def _zeros(node: Node) -> list[Node]:
    """`node`, which is zero, and the zeros that make it so."""
    found = [node]
    for each in found:
        zeros = (parent for parent, _ in each.edges if parent.bounds.low == parent.bounds.high == 0)
        found.extend(parent for parent in zeros if parent not in found)
    return found


def _below(node: Node) -> list[Node]:
    """`node` and all that went into its value."""
    found = {id(node): node}
    pending = [node]
    while pending:
        for parent, _ in pending.pop().edges:
            if id(parent) not in found:
                found[id(parent)] = parent
                pending.append(parent)
    return list(found.values())
