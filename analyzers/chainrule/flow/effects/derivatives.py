"""Derivatives as values: `torch.autograd.grad`, `torch.autograd.functional` and `torch.func`."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Class, Const, External, Partial, Seq, Tensor, Value
from chainrule.flow.effects import asked_for
from chainrule.flow.effects.lifetime import go_back, may_be_set
from chainrule.flow.operations import leaves

_TWICE = (
    "`{}` is marked @once_differentiable, so that its gradient has no derivative: "
    "backward raises or takes it for a constant"
)
ONCE = "once-differentiable"
"""The tag of what a Function gives whose backward can't be differentiated."""
# What cuts a value that was to be differentiated, and is done for no other purpose.
_LOSES = frozenset((Cause.INDEX, Cause.INTEGER_CAST, Cause.COMPARISON, Cause.NUMPY, Cause.REBUILD))
# What cuts one on purpose: nobody asks for the derivative by it then, unless it may be unused.
_STOPS = frozenset((Cause.DETACH, Cause.NO_GRAD))
_ANY = frozenset(Cause)
DERIVATIVES = {"jacobian": 2, "hessian": 2, "vjp": 3, "jvp": 3, "vhp": 3, "hvp": 3}
"""Of the functions of torch.autograd.functional, the place of `create_graph` among their arguments."""
TRANSFORMS = ("grad", "grad_and_value", "jacrev", "jacfwd", "hessian")
"""The functions of torch.func that make of a function its derivative."""
DERIVED = "torch.func.(derived)"
"""What stands for a function that torch.func has made of another one: its derivative, with a graph."""


def gradients(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`torch.autograd.grad(outputs, inputs, …)`: differentiable again only with create_graph."""
    outputs = arguments[0] if arguments else keywords.get("outputs", NONE)
    inputs = arguments[1] if len(arguments) > 1 else keywords.get("inputs", NONE)
    seeds = arguments[2] if len(arguments) > 2 else keywords.get("grad_outputs", NONE)
    gate = _without_graph(interp, 4, arguments, keywords, at)
    for tensor in interp.tensors([inputs]):
        if tensor.node.source is not None and tensor.node.source.role == "unknown":
            tensor.node.source.role = "leaf"  # autograd.grad asks for it: it requires grad
    leaves.differentiate_by(interp.nodes([inputs]))
    asked_for.check(interp, outputs, inputs, keywords, at)
    nodes = interp.nodes([outputs, seeds])
    retained = gate is None or may_be_set(keywords.get("retain_graph"))
    for node in interp.nodes([outputs]):
        node.tags |= {leaves.DERIVED}
        go_back(interp, node, retained, at, interp.nodes([inputs]))
    causes = _LOSES if asked_for.may_be_unused(keywords) else _LOSES | _STOPS
    gate = gate or _closed(interp.nodes([outputs]), interp.nodes([inputs]), causes)
    once = next((each for n in interp.nodes([outputs]) for each in behind(n) if ONCE in each.tags), None)
    if gate is None and once is not None:
        gate = _twice(interp, once.op, at)
    if isinstance(inputs, Seq):
        count = len(inputs.items)
        exact = inputs.exact
    else:
        count, exact = 1, True
    # What is differentiated by is known to the result, which may be a step along it.
    by = gate if gate is None else interp.gate(None, at)
    edges = [*((node, gate) for node in nodes), *((node, by) for node in interp.nodes([inputs]))]
    items: list[Value] = []
    for _ in range(count):
        items.append(Tensor(interp.node("grad", at, edges)))
    return Seq(items, "tuple", exact)


def _twice(interp: Interpreter, name: str, at: ast.AST) -> Gate:
    """The gate at the decorator of the Function called `name`, whose backward is differentiated by `at`."""
    gate = interp.gate(Cause.FUNCTION_GRADIENTS, at, raises=True, note=_TWICE.format(name))
    cls = interp.lookup(name)
    if isinstance(cls, Class) and cls.module is interp.module and "backward" in cls.methods:
        gate.block, gate.at = cls.block, cls.methods["backward"].decorator_list[-1]
    return gate


def functional(
    name: str, interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`torch.autograd.functional.name(func, inputs, …)`: without graph unless create_graph is given.

    All but jacobian and hessian give the value of `func` as well, detached like the derivative.
    """
    func = arguments[0] if arguments else keywords.get("func", NONE)
    inputs = arguments[1] if len(arguments) > 1 else keywords.get("inputs", NONE)
    given = list(inputs.items) if isinstance(inputs, Seq) else [inputs]
    result = interp.call(func, given, {}, at)
    gate = _without_graph(interp, DERIVATIVES[name], arguments, keywords, at)
    edges = [(node, gate) for node in interp.nodes([result, *given])]
    if name in ("jacobian", "hessian"):
        return Tensor(interp.node("grad", at, edges))
    return Seq([Tensor(interp.node("grad", at, edges)) for _ in range(2)], "tuple")


def transformed(
    name: str, interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`torch.func.name(func, …)`: a function, the derivative of `func`; also what it gives beside that."""
    func = arguments[0] if arguments else keywords.get("func", NONE)
    aux = "aux" if may_be_set(keywords.get("has_aux")) else ""
    beside = "value" if name == "grad_and_value" else aux
    return Partial(External(DERIVED), [func, Const(beside)], {})


def derived(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """Call what `transformed` has made: the derivative of what the function gives, always with a graph.

    A function that does not depend on what it is differentiated by has a derivative of zeros.
    """
    func, beside, *given = arguments
    result = interp.call(func, given, keywords, at)
    parts = result.items if isinstance(result, Seq) and len(result.items) > 1 else [result, result]
    kind = beside.value if isinstance(beside, Const) else ""
    outputs, inputs = interp.nodes(parts[:1] if kind == "aux" else [result]), interp.nodes(given[:1])
    gate = _closed(outputs, inputs, _ANY)
    made = Tensor(interp.node("grad", at, [(node, gate) for node in (*outputs, *inputs)]))
    return Seq([made, parts[1] if kind == "aux" else result], "tuple") if kind else made


def _without_graph(
    interp: Interpreter, place: int, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Gate | None:
    """The gate on the way through a derivative, unless `create_graph` may be set."""
    keep = arguments[place] if len(arguments) > place else keywords.get("create_graph", Const(False))
    off = isinstance(keep, Const) and keep.known and not keep.value
    return interp.gate(Cause.CREATE_GRAPH, at) if off else None


def _closed(outputs: list[Node], inputs: list[Node], causes: frozenset[Cause]) -> Gate | None:
    """The gate on every way from `inputs` to `outputs`: a gradient of zero has no graph either.

    Where one of `causes` cuts every way, there is no gradient to ask for: it raises, or is zero.
    """
    wanted = {id(node) for node in inputs}
    if any(id(node) in wanted for output in outputs for node in behind(output)):
        return None
    seen: set[int] = set()
    pending: list[tuple[Node, Gate | None]] = [(node, None) for node in outputs]
    closed: Gate | None = None
    certain = True
    while pending:
        node, gate = pending.pop()
        certain = certain and not node.is_opaque
        if id(node) in wanted:
            closed = gate
        if id(node) not in seen:
            seen.add(id(node))
            pending.extend((parent, gate or each) for parent, each in node.edges)
    if closed is None or closed.zero:
        return closed
    return closed if certain and closed.cause in causes else None
