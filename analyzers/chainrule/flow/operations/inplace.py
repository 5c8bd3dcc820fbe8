"""In-place edits, and the memory that backward still needs."""

from __future__ import annotations

import ast
import math
from itertools import pairwise

from chainrule.flow.core.bounds import union
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Event, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Blank, Const, Instance, Map, Seq, Tensor, Value
from chainrule.flow.numbers.masked import check_selection
from chainrule.flow.numbers.ranges import placed
from chainrule.flow.operations import iteration, subscripts
from chainrule.flow.operations.arithmetic import binary
from chainrule.flow.operations.containers import is_whole
from chainrule.flow.operations.exchanged import exchange
from chainrule.flow.operations.exclusive import are_exclusive
from chainrule.flow.operations.freezing import FROZEN
from chainrule.flow.operations.leaves import LEAF
from chainrule.flow.operations.several import one_of_several

ARGUMENT = "argument"
"""The note of an edit of what came as an argument: a leaf by chance."""
WEIGHT = "weight "
"""What the note of an edit of a given network's parameter begins with; how it is written follows."""
MAX_FORMULA = 30
"""Nodes of what is written into a tensor that are looked at."""


def augmented(interp: Interpreter, statement: ast.AugAssign) -> None:
    """`target op= value`: in place for tensors and lists, a new value for numbers."""

    load = _as_load(statement.target)
    current = interp.evaluate(load)
    value = interp.evaluate(statement.value)
    if isinstance(current, Seq) and isinstance(statement.op, ast.Add) and isinstance(value, Seq):
        merged = Seq([*current.items, *value.items], current.kind, current.exact and value.exact)
        interp.assign(statement.target, merged, statement)
        return
    result = binary(interp, statement.op, current, value, statement)
    in_place = isinstance(current, Tensor) and current.node.kind == "tensor" and isinstance(result, Tensor)
    if in_place and isinstance(current, Tensor) and isinstance(result, Tensor):
        others = [(parent, gate) for parent, gate in result.node.edges if parent is not current.node]
        made = Node(f"i{result.node.op}", interp.block, statement, tuple(result.node.edges), "tensor")
        made.dtype, made.bounds, made.tags = result.node.dtype, result.node.bounds, result.node.tags
        # Where the formula reads what is overwritten, autograd keeps a copy of it.
        made.saved = tuple(s for s in result.node.saved if s.storage is not current.storage)
        picked = current.node.op == "index" and bool(current.node.edges)
        whole = current.node.edges[0][0] if picked else None
        # What indices or a mask picked is a copy, and is written back; so are tables of counts, and weights.
        copied = whole is not None and (
            current.base is None
            or interp.constant(whole)
            or _is_weight(interp, whole)
            or (whole.source is not None and whole.source.role in ("parameter", "leaf"))
        )
        edit(interp, current, made, statement, others)
        if isinstance(statement.target, ast.Subscript):
            if copied:
                interp.assign(statement.target, current, statement)
            return
        if isinstance(statement.target, ast.Name):
            interp.assign(statement.target, current, statement)
        return
    interp.assign(statement.target, result, statement)


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        made: ast.expr = ast.Name(target.id, ast.Load())
    elif isinstance(target, ast.Attribute):
        made = ast.Attribute(target.value, target.attr, ast.Load())
    elif isinstance(target, ast.Subscript):
        made = ast.Subscript(target.value, target.slice, ast.Load())
    else:
        return target
    return ast.copy_location(made, target)


def edit(
    interp: Interpreter, tensor: Tensor, made: Node, at: ast.AST, others: list[Edge], bump: bool = True
) -> None:
    """`tensor` was changed in place and is `made` now; `others` are the edges of what was written into it."""
    chain = [tensor]
    while chain[-1].base is not None:
        chain.append(chain[-1].base)
    first = next((n for n, each in enumerate(chain) if _is_leaf(each)), None)
    leaf = first is not None
    # What a leaf itself is a detached view of is nobody's business: `x.detach().requires_grad_()`.
    outside = next((each for each in chain[:first] if each.detached), None)
    leaf = leaf or _descends(chain, others)
    if leaf and any("requires_grad" in ast.unparse(test) for _, test in interp.frame.controls):
        leaf = False  # it asks whether that may be
    if any(each.node.source is not None and each.node.source.role == FROZEN for each in chain):
        leaf = False
    if leaf and interp.mode is None and outside is None:
        interp.event(Cause.INPLACE_LEAF, at, tensor.node)
        if tensor.base is None:
            return  # PyTorch raises: the leaf is what it was, without a history of edits
    elif interp.mode is None and outside is None and bump and _is_given(interp, chain[-1]):
        interp.event(Cause.INPLACE_LEAF, at, chain[-1].node, ARGUMENT)
    elif interp.mode is None and outside is None and _is_weight(interp, chain[-1].node):
        interp.event(Cause.INPLACE_LEAF, at, chain[-1].node, f"{WEIGHT}{ast.unparse(chain[-1].node.at)}")
    elif interp.mode is None and outside is None and one_of_several(chain, others):
        interp.event(Cause.INPLACE_VIEW, at, made)
    if interp.mode is not None:
        # The history of what is overwritten survives; what is written gets none.
        made.edges = ((tensor.node, None), *((p, g if g and g.cause else interp.mode) for p, g in others))
        made.op, made.saved = "write", ()
    interp.put_node(tensor, made)
    if bump and all(each.detached != "data" for each in chain):
        touch(interp, tensor, at)
    written: tuple[Edge, ...] = ((made, None),)
    for child, base in pairwise(chain):
        if child.detached:
            gate = interp.gate(Cause.DETACH, at, note="written")
            written = tuple((parent, gate) for parent, _ in others)
        merged = Node("write", interp.block, at, ((base.node, None), *written), base.node.kind)
        merged.dtype, merged.bounds = base.node.dtype, union([base.node.bounds, made.bounds])
        interp.put_node(base, merged)


def _is_leaf(tensor: Tensor) -> bool:
    return tensor.leaf and (tensor.node.op == "source" or LEAF in tensor.node.tags)


def _is_given(interp: Interpreter, tensor: Tensor) -> bool:
    """Whether a tensor is an argument as it came, in a place that every run passes."""
    return interp.journal is None and tensor.node.source is not None


def _is_weight(interp: Interpreter, node: Node) -> bool:
    """`model.head.weight` of a network that is given, which nothing in its file freezes."""
    place = node.at
    if node.op != "attribute" or not isinstance(place, ast.Attribute) or place.attr not in ("weight", "bias"):
        return False
    while isinstance(place, (ast.Attribute, ast.Subscript)):
        place = place.value
    owner = interp.lookup(place.id) if isinstance(place, ast.Name) else None
    source = owner.node.source if isinstance(owner, Tensor) else None
    given = source is not None and source.role == "callable"
    return given and interp.journal is None and "requires_grad" not in interp.module.text


def _descends(chain: list[Tensor], others: list[Edge]) -> bool:
    """Whether a value is moved along its own gradient, which only leaves have: `p -= lr * p.grad`."""
    own = {id(each.node) for each in chain if each.node.is_opaque or each.node.op in ("source", "parameters")}
    pending, seen = [node for node, _ in others], 0
    while pending and own and seen < MAX_FORMULA:
        node = pending.pop()
        seen += 1
        if node.op == "grad" and any(id(parent) in own for parent, _ in node.edges):
            return True
        pending.extend(parent for parent, _ in node.edges)
    return False


def _is_argument(node: Node) -> bool:
    """Whether it is an argument, what is left of one without its first or last items, or one of its items."""
    while node.edges and (node.op in ("setitem", "phi") or _is_item(node)):
        node = node.edges[0][0]
    return node.source is not None


def _is_item(node: Node) -> bool:
    """`rows[1:]`, `rows[0]`."""
    index = node.at.slice if node.op == "select" and isinstance(node.at, ast.Subscript) else None
    return isinstance(index, (ast.Slice, ast.Constant))


def _copied(interp: Interpreter, nodes: list[Node], at: ast.AST, array: bool) -> list[Edge]:
    """The edges from `nodes` to what they are put into: an `array` takes their numbers only."""
    gate = interp.gate(Cause.NUMPY, at) if array else None
    return [(node, gate if node.kind == "tensor" else None) for node in nodes]


def touch(interp: Interpreter, tensor: Tensor, at: ast.AST) -> None:
    """Count an edit of `tensor`'s memory."""
    state = tensor.storage.state
    version = state["version"] + 1
    interp.put(state, "version", version)
    interp.put(state, version, interp.place(at))


def report_stale(interp: Interpreter, losses: list[Node]) -> None:
    """Backward runs from `losses` now: tell about memory that was edited after a formula had saved it."""
    told: set[int] = set()
    seen: set[int] = set()
    raised = {id(event.at) for event in interp.events if event.cause is Cause.INPLACE_LEAF}
    pending = list(losses)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        pending.extend(interp.kept_parents(node))
        for storage, version, needed_by in node.saved:
            if storage.state["version"] <= version or id(storage) in told:
                continue
            if not leads_to_source(node) or (needed_by is not None and not leads_to_source(needed_by)):
                continue
            block, at = storage.state[version + 1]
            if id(at) in raised or (node.block is block and are_exclusive(block, node.at, at)):
                continue
            told.add(id(storage))
            interp.events.append(Event(Cause.INPLACE_SAVED, block, at, node, _spelt(node)))


def _spelt(node: Node) -> str:
    """The operator whose formula needs a value; of a network that came from outside, what it is called."""
    called = node.at.func if node.op == "call" and isinstance(node.at, ast.Call) else None
    return node.op if called is None else ast.unparse(called)


# What certainly requires grad; a plain argument may not.
GRAPH_OWNERS = frozenset(("parameter", "leaf", "callable", "local"))
_MAY_REQUIRE = GRAPH_OWNERS | {"prediction", "unknown", "data"}


def leads_to_source(node: Node, roles: frozenset[str] = _MAY_REQUIRE) -> bool:
    """Whether gradient that reaches `node` goes on to a source of one of `roles`."""
    return any(each.source is not None and each.source.role in roles for each in behind(node))


def store_item(interp: Interpreter, target: ast.Subscript, value: Value, at: ast.AST) -> None:
    """`owner[index] = value`."""

    owner = interp.evaluate(target.value)
    index = interp.evaluate(target.slice)
    owner = iteration.held(interp, owner) or owner
    if isinstance(owner, Tensor) and subscripts.is_key(index, target.slice):
        kept: list[Edge] = [(node, None) for node in (owner.node, *interp.nodes([value]))]
        interp.put_node(owner, Node("entry", interp.block, at, tuple(kept)))
    elif isinstance(owner, Tensor):
        parts = index.items if isinstance(index, Seq) else [index]
        indices: list[Edge] = [(p.node, interp.gate(None, at)) for p in parts if isinstance(p, Tensor)]
        array = owner.node.op == "filled"
        others = _copied(interp, interp.nodes([value]), at, array)
        masks = [part for part in parts if isinstance(part, Tensor) and part.node.dtype == "bool"]
        for mask in masks:
            check_selection(interp, mask, [owner], at)
        op = "filled" if array else "setitem"
        made = Node(op, interp.block, at, ((owner.node, None), *others, *indices), owner.node.kind)
        made.dtype = owner.node.dtype
        made.tags = owner.node.tags | frozenset().union(*(node.tags for node, _ in others))
        if masks:
            made.tags -= {"reciprocal", "class-count"}
            if isinstance(value, Const) and value.value == -math.inf:
                made.tags |= {"neginf"}
        if owner.node.kind == "tensor" and owner.node.dtype in ("int", "bool"):
            gate = interp.gate(Cause.INTEGER_CAST, at)
            made.edges = ((owner.node, None), *((node, gate) for node, _ in others), *indices)
        made.bounds = union([placed(owner), placed(value)])
        # An argument that is filled item by item may as well be a list, and a slice of it.
        bump = (
            not _is_argument(owner.node) or bool(indices) or isinstance(target.slice, (ast.Slice, ast.Tuple))
        )
        edit(interp, owner, made, at, [*others, *indices], bump)
    elif isinstance(owner, Map):
        if isinstance(index, Const) and index.known and isinstance(index.value, (str, int, float, bool)):
            interp.put(owner.items, index.value, value)
        else:
            owner.rest = value if owner.rest is None else interp.join([owner.rest, value], at)
    elif isinstance(owner, Seq):
        number = index.value if isinstance(index, Const) and index.known else None
        if is_whole(target.slice) and isinstance(value, Seq):  # `rows[:] = []`
            owner.items[:], owner.exact = value.items, value.exact
        elif isinstance(number, int) and owner.exact and -len(owner.items) <= number < len(owner.items):
            exchange(interp, owner.items[number], value, at)
            owner.items[number] = value
        elif isinstance(value, Tensor):
            # Any element may be the one: all of them are it or what they were.
            owner.items[:] = [interp.join([old, value], at) for old in owner.items] or [value]
    elif isinstance(owner, Const) and isinstance(target.value, ast.Name):
        # An array of numpy's that nothing of the graph was in before.
        filled = _copied(interp, interp.nodes([value]), at, isinstance(owner, Blank))
        if filled and not owner.known:
            op = "filled" if isinstance(owner, Blank) else "setitem"
            made = interp.node(op, at, filled, kind="array")
            interp.put(interp.frame.scope.names, target.value.id, Tensor(made))
    elif isinstance(owner, Instance):
        if owner.cls is not None:
            interp.call_method(owner, "__setitem__", [index, value], {}, at)
