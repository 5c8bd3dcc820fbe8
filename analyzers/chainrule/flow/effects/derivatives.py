"""Derivatives as values: `torch.autograd.grad`, `torch.autograd.functional` and `torch.func`."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Event, Gate, Node, behind, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Class, Const, External, Partial, Seq, Tensor, Value
from chainrule.flow.effects.lifetime import go_back, may_be_set
from chainrule.flow.operations.leaves import UNUSED, differentiate_by

_TWICE = (
    "`{}` is marked @once_differentiable, so that its gradient has no derivative: "
    "backward raises or takes it for a constant"
)
ONCE = "once-differentiable"
"""The tag of what a Function gives whose backward can't be differentiated."""
# Values that stand for one of several, or for more than was followed.
_JOINED = frozenset(("phi", "call", "attribute", "name", "argument", "parameters", "write", "set-data"))
# What cuts a value that was to be differentiated, and is done for no other purpose.
_LOSES = frozenset((Cause.INDEX, Cause.INTEGER_CAST, Cause.COMPARISON, Cause.NUMPY, Cause.REBUILD))
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
    differentiate_by(interp.nodes([inputs]))
    if not may_be_set(keywords.get("allow_unused")) and not may_be_set(keywords.get("materialize_grads")):
        _check_used(interp, outputs, inputs, at)
    if interp.mode is not None:
        _check_recorded(interp, outputs, inputs, at)
    nodes = interp.nodes([outputs, seeds])
    retained = gate is None or may_be_set(keywords.get("retain_graph"))
    for node in interp.nodes([outputs]):
        go_back(interp, node, retained, at, interp.nodes([inputs]))
    gate = gate or _closed(interp.nodes([outputs]), interp.nodes([inputs]))
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


def _check_recorded(interp: Interpreter, outputs: Value, inputs: Value, at: ast.AST) -> None:
    """Tell about outputs that were computed with gradients off, and by nothing else: it raises."""
    gate = interp.mode
    made = [node for output in interp.nodes([outputs]) for node in behind(output)]
    if gate is None or not made or any(node.source is not None or _may_record(node) for node in made):
        return
    by = interp.node("grad", at, [(node, gate) for node in interp.nodes([inputs])])
    interp.events.append(Event(Cause.NO_GRAD, gate.block, gate.at, by))


def _may_record(node: Node) -> bool:
    """Whether a value comes from code that was not followed, which may switch gradients on for itself."""
    networks = (each.source is not None and each.source.role == "callable" for each, _ in node.edges)
    return node.op in ("call", "attribute", "name", "argument") and not (
        "module-call" in node.tags or any(networks)
    )


def _check_used(interp: Interpreter, outputs: Value, inputs: Value, at: ast.AST) -> None:
    """Tell about what is asked for a derivative by and is no part of the outputs: it raises."""
    asked = (inputs.items if inputs.exact else []) if isinstance(inputs, Seq) else [inputs]
    if interp.mode is not None or not isinstance(at, ast.Call):
        return
    made = [each if isinstance(each, Tensor) and _is_made_here(each) else None for each in asked]
    if not any(made):
        return
    below = {id(node): node for output in interp.nodes([outputs]) for node in walk(output, _operands)}
    if any(node.is_opaque or node.op == "phi" for node in below.values()):
        return
    given = [*at.args[1:2], *(word.value for word in at.keywords if word.arg == "inputs")]
    spelt = given[:1]
    if isinstance(inputs, Seq):
        spelt = given[0].elts if given and isinstance(given[0], (ast.List, ast.Tuple)) else []
    for index, tensor in enumerate(made):
        if tensor is None or id(tensor.node) in below or len(spelt) != len(made):
            continue
        place = spelt[index]
        if isinstance(place, ast.BinOp):
            continue  # two lists put together
        if any(id(node) in below for node in walk(tensor.node, _operands)):
            interp.event(Cause.NON_LEAF, place, tensor.node, UNUSED + ast.unparse(place))


def _is_made_here(tensor: Tensor) -> bool:
    """Whether an operator made a tensor from something, and nothing has changed it since."""
    node = tensor.node
    if node.source is not None or not node.edges or tensor.storage.state["version"]:
        return False
    if node.op == "select" and not _is_sliced(node.at):
        return False  # `inputs[0]`, `x, t = inputs`: what a list holds is the same every time
    return node.op not in _JOINED


def _is_sliced(at: ast.AST) -> bool:
    """Whether a subscript is one that only tensors have: `x[:, 0]`, `x[1:]`."""
    return isinstance(at, ast.Subscript) and isinstance(at.slice, (ast.Tuple, ast.Slice))


def _operands(node: Node) -> list[Node]:
    return [parent for parent, _ in node.edges]


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
    gate = _closed(outputs, inputs, may_raise=False)
    made = Tensor(interp.node("grad", at, [(node, gate) for node in (*outputs, *inputs)]))
    return Seq([made, parts[1] if kind == "aux" else result], "tuple") if kind else made


def _without_graph(
    interp: Interpreter, place: int, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Gate | None:
    """The gate on the way through a derivative, unless `create_graph` may be set."""
    keep = arguments[place] if len(arguments) > place else keywords.get("create_graph", Const(False))
    off = isinstance(keep, Const) and keep.known and not keep.value
    return interp.gate(Cause.CREATE_GRAPH, at) if off else None


def _closed(outputs: list[Node], inputs: list[Node], may_raise: bool = True) -> Gate | None:
    """The gate on every way from `inputs` to `outputs`: a gradient of zero has no graph either.

    Where what nobody does on purpose cuts every way, there is no gradient to ask for: it raises, if it
    `may_raise`; otherwise any cut leaves zeros.
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
    if closed is None or closed.zero or (certain and not may_raise):
        return closed
    return closed if certain and closed.cause in _LOSES else None
