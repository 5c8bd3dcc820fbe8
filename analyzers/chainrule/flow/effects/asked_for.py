"""What `torch.autograd.grad(outputs, inputs)` refuses: inputs that are no part of the graph."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Event, Gate, Node, behind, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Seq, Tensor, Value
from chainrule.flow.effects.lifetime import may_be_set
from chainrule.flow.operations.leaves import UNSET, UNUSED
from chainrule.syntax import parse_block, walk_tree

# Values that stand for one of several, or for more than was followed.
_JOINED = frozenset(("phi", "call", "attribute", "name", "argument", "parameters", "write", "set-data"))
# What is not known without what it was made from: it may well require grad.
_UNKNOWN = frozenset(("call", "attribute", "name", "argument", "element", "unknown", "load", "parameters"))
# Calls for their effect that put no tensor anywhere.
_PLAIN = frozenset("print append backward step zero_grad train eval manual_seed update close info".split())
# Gates behind which a value does not require grad; that of a rounding does, for a gradient of zero.
_ENDS = frozenset((Cause.DETACH, Cause.NO_GRAD, Cause.CREATE_GRAPH, None))


def check(
    interp: Interpreter, outputs: Value, inputs: Value, keywords: dict[str, Value], at: ast.AST
) -> None:
    """Tell about what is asked for a derivative by and can't give one: the call raises."""
    if interp.mode is not None:
        _check_recorded(interp, outputs, inputs, at)
        return
    asked = _spelt(inputs, at)
    _check_required(interp, asked)
    if not may_be_unused(keywords):
        _check_used(interp, outputs, asked)


def may_be_unused(keywords: dict[str, Value]) -> bool:
    """Whether `autograd.grad` may be asked for a derivative by what went into none of its outputs."""
    return may_be_set(keywords.get("allow_unused")) or may_be_set(keywords.get("materialize_grads"))


def _spelt(inputs: Value, at: ast.AST) -> list[tuple[Tensor, ast.expr]]:
    """The tensors that are asked for a derivative by, with how each is written; none if that is not seen."""
    if not isinstance(at, ast.Call) or (isinstance(inputs, Seq) and not inputs.exact):
        return []
    asked = inputs.items if isinstance(inputs, Seq) else [inputs]
    given = [*at.args[1:2], *(word.value for word in at.keywords if word.arg == "inputs")][:1]
    if isinstance(inputs, Seq):
        given = given[0].elts if given and isinstance(given[0], (ast.List, ast.Tuple)) else []
    if len(given) != len(asked):
        return []
    # Two lists put together, `[*inputs] + weights`, are not taken apart.
    return [
        (each, place)
        for each, place in zip(asked, given, strict=True)
        if isinstance(each, Tensor) and not isinstance(place, ast.BinOp)
    ]


def _check_required(interp: Interpreter, asked: list[tuple[Tensor, ast.expr]]) -> None:
    """Tell about tensors that certainly do not require grad."""
    for tensor, place in asked:
        node = tensor.node
        if tensor.leaf or id(node) in interp.asked or node.kind != "tensor" or _may_require(node):
            continue
        made_here = interp.runs(node.at) or _is_script(interp, node)
        block, at = (node.block, node.at) if made_here else interp.place(place)
        interp.events.append(Event(Cause.NO_GRAPH, block, at, node, ast.unparse(place)))


def _is_script(interp: Interpreter, node: Node) -> bool:
    """Whether the statements of a module run now, and one of them makes `node`."""
    if isinstance(interp.frame.function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return not any(isinstance(each, defined) for each in parse_block(node.block).body)


def _may_require(node: Node) -> bool:
    """Whether a value may require grad: a source, what is not followed, and what has a graph."""
    return any(
        each.source is not None
        or UNSET in each.tags
        or (not each.edges and each.op in _UNKNOWN)
        or _is_set(each.at)
        for each in walk(node, _with_graph)
    )


def _is_set(at: ast.AST) -> bool:
    """Whether a call that makes a tensor says what it is to be: `torch.rand(3, requires_grad=on)`."""
    return isinstance(at, ast.Call) and any(word.arg in ("requires_grad", None) for word in at.keywords)


def _with_graph(node: Node) -> list[Node]:
    return [parent for parent, gate in node.edges if _passes(gate)]


def _passes(gate: Gate | None) -> bool:
    return gate is None or gate.zero or gate.cause not in _ENDS


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


def _check_used(interp: Interpreter, outputs: Value, asked: list[tuple[Tensor, ast.expr]]) -> None:
    """Tell about what was made beside the outputs: from what they were computed from, or with them."""
    made = [
        (tensor, place) for tensor, place in asked if _is_made_here(tensor) or _is_own_leaf(interp, tensor)
    ]
    if not made:
        return
    below = {id(node): node for output in interp.nodes([outputs]) for node in walk(output, _operands)}
    if any(node.is_opaque or node.op == "phi" for node in below.values()):
        return
    for tensor, place in made:
        if id(tensor.node) in below:
            continue
        if tensor.leaf or any(id(node) in below for node in walk(tensor.node, _operands)):
            interp.event(Cause.NON_LEAF, place, tensor.node, UNUSED + ast.unparse(place))


def _is_made_here(tensor: Tensor) -> bool:
    """Whether an operator made a tensor from something, and nothing has changed it since."""
    node = tensor.node
    if node.source is not None or not node.edges or tensor.storage.state["version"]:
        return False
    if node.op == "select" and not _is_sliced(node.at):
        return False  # `inputs[0]`, `x, t = inputs`: what a list holds is the same every time
    return node.op not in _JOINED


def _is_own_leaf(interp: Interpreter, tensor: Tensor) -> bool:
    """Whether the running function makes a leaf, and gives nothing to what may keep it out of sight."""
    node, function = tensor.node, interp.frame.function
    if not (tensor.leaf and "fresh-leaf" in node.tags and interp.runs(node.at)) or function is None:
        return False
    return not tensor.storage.state["version"] and not any(map(_hands_on, walk_tree(function)))


def _hands_on(node: ast.AST) -> bool:
    """Whether something is put where the graph does not show it: by a call for its effect, or a function."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).rpartition(".")[2] not in _PLAIN
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store) and node.attr not in ("data", "grad")
    return isinstance(node, ast.Lambda)


def _is_sliced(at: ast.AST) -> bool:
    """Whether a subscript is one that only tensors have: `x[:, 0]`, `x[1:]`."""
    return isinstance(at, ast.Subscript) and isinstance(at.slice, (ast.Tuple, ast.Slice))


def _operands(node: Node) -> list[Node]:
    return [parent for parent, _ in node.edges]
