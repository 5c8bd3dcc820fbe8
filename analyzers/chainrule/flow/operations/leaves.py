"""Leaves: what makes a tensor one, what loses it, and the `.grad` that only leaves are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TypeGuard

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Backward, Edge, Node, behind, flowing_parents
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.values import Instance, Tensor, Value
from chainrule.syntax import walk_tree

_MOVES = frozenset(("to", "type", "double", "float", "half", "cuda", "bfloat16"))
LEAF = "leaf"
"""The tag of a copy of data that is asked to require grad: nothing before it did."""
ASKED = "asked"
"""The tag of what is given and was asked to require grad: what is computed from it is a result."""
DIFFERENTIATED = "differentiated"
"""The tag of what `.grad` or `autograd.grad` is asked for."""
DERIVED = "derived"
"""The tag of what `autograd.grad` is given the derivative of."""
RESULT = "result"
"""The note of a flag that is set on what is certainly computed from leaves that require grad."""
UNUSED = "not used: "
"""What the note of a tensor begins with that a derivative is asked by and is not computed from."""
UNSET = "unset"
"""The tag of what requires grad if somebody says so: `x.requires_grad = learnt`."""
_LEAVES = frozenset(("leaf", "local", "parameter"))
OPTIMISED = "optimised"
"""The tag of what an optimizer is given: it starts there, wherever its value came from."""
# What a value without history is made by.
_FRESH = frozenset(("detach", "data", "requires_grad_", "Parameter"))
# What may stand for a leaf, or for something that holds one.
_PERHAPS_LEAVES = frozenset(("attribute", "name", "argument", "parameters", "phi", "select", "load", "grad"))


def require_grad(interp: Interpreter, tensor: Tensor, at: ast.AST) -> None:
    """`tensor.requires_grad_()`: a leaf starts here, or a computed value is dressed up as one."""
    node = tensor.node
    if node.source is None:
        tensor.leaf = not _has_history(node)
        interp.event(Cause.REQUIRES_GRAD, at, node, "" if tensor.leaf else RESULT)
        owners = (each.is_opaque or (each.source and each.source.role in STRONG) for each in behind(node))
        if interp.journal is None and not any(owners):  # no branch that may not be taken
            node.tags |= {LEAF}
        if interp.constant(node):
            made = interp.source(_asked_name(at), interp.leaf_role(), at)
            made.node.bounds = node.bounds
            interp.put_node(tensor, made.node)
        interp.asked[id(tensor.node)] = at
    elif node.op == "source":
        tensor.leaf = True
        if interp.journal is None:
            node.tags |= {ASKED}


def start_afresh(interp: Interpreter, tensor: Tensor) -> None:
    """An optimiser takes leaves only: what was asked to require grad has no history, whatever made it."""
    asked = interp.asked.get(id(tensor.node))
    if asked is not None and tensor.node.source is None and tensor.leaf:
        interp.put_node(tensor, interp.source(_asked_name(asked), interp.leaf_role(), asked).node)


def _asked_name(at: ast.AST) -> str:
    """The name that is asked to require grad: `x.requires_grad = True`, `x.requires_grad_()` by itself."""
    place: ast.AST | None = None
    if isinstance(at, ast.Assign):
        place = at.targets[0]
    elif isinstance(at, ast.Call):
        place = at.func
    owner = place.value if isinstance(place, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else "<leaf>"


def _has_history(node: Node) -> bool:
    """Whether a value is computed from leaves that certainly require grad: asked for, it stays a result."""
    return any(
        LEAF in each.tags or (each.source is not None and (ASKED in each.tags or each.source.role in _LEAVES))
        for each in behind(node)
        if each is not node
    )


def read_gradient(interp: Interpreter, owner: Tensor, at: ast.AST) -> Value:
    """`owner.grad`: what a backward pass has left there; on a result of an operator it leaves nothing."""
    node = owner.node
    differentiate_by([node])
    done = _pass_through(interp, node)
    told = any(event.cause is Cause.NON_LEAF and event.node is node for event in interp.events)
    origin = before_edits(node)
    asked = origin is not node and id(origin) in interp.asked
    plain = origin.source is None and not (owner.leaf or asked) and id(node) not in interp.retained
    if done is not None and plain and not told:
        if node.op not in _PERHAPS_LEAVES and (node.op != "call" or "module-call" in node.tags):
            made_here = interp.runs(node.at) and "module-call" not in node.tags
            spelt = ast.unparse(at.value) if isinstance(at, ast.Attribute) else node.op
            interp.event(Cause.NON_LEAF, node.at if made_here else at, node, spelt)
    # The gradients of parameters are left out: what is done with those is the business of optimisers.
    edges: list[Edge] = [(node, interp.gate(None, at))]
    if done is not None and not (node.source is not None and node.source.role == "parameter"):
        edges.insert(0, (done.node, done.gate))
    return Tensor(interp.node("grad", at, edges))


def reads_gradient(interp: Interpreter, name: str, after: ast.AST) -> bool:
    """Whether the running code reads `name.grad` after it has come by the statement `after`."""
    function = interp.frame.function
    where: ast.AST | None = function if isinstance(function, ast.FunctionDef) else interp.block.tree
    if isinstance(function, ast.Module):
        return f"{name}.grad" in interp.module.text
    if where is None:
        return False
    reads = [
        node
        for node in walk_tree(where)
        if isinstance(node, ast.Attribute)
        and node.attr == "grad"
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    ]
    line = getattr(after, "lineno", 0)
    starts = [node.lineno for node in walk_tree(where) if _starts_afresh(node, name)]
    if any(read.lineno > line and not any(line < at < read.lineno for at in starts) for read in reads):
        return True
    for loop in walk_tree(where):
        if not isinstance(loop, (ast.For, ast.While)):
            continue
        inside = set(walk_tree(loop))
        again = [at for at in starts if loop.lineno <= at <= (loop.end_lineno or at)]
        for read in reads:
            if {after, read} <= inside and not any(at > line or at < read.lineno for at in again):
                return True
    return False


def _starts_afresh(node: ast.AST, name: str) -> TypeGuard[ast.Assign]:
    """Whether a statement binds `name` to what has no history: `x = x.clamp(0, 1).detach()`."""
    if not isinstance(node, ast.Assign) or not any(
        isinstance(target, ast.Name) and target.id == name for target in node.targets
    ):
        return False
    return any(
        (isinstance(each, ast.Attribute) and each.attr in _FRESH)
        or (isinstance(each, ast.keyword) and each.arg == "requires_grad")
        for each in walk_tree(node.value)
    )


def differentiate_by(nodes: Iterable[Node]) -> None:
    """Note that a derivative with respect to `nodes` is asked for: to require grad was no way to silence."""
    for node in nodes:
        for each in (node, *(flowing_parents(node) if node.op == "phi" else ())):
            each.tags |= {DIFFERENTIATED}


def before_edits(node: Node) -> Node:
    """What a tensor was before it was written into: a leaf stays one, under no_grad and by `.data`.

    What requires grad is a float32 as a rule, and `.float()` then gives it back as it is.
    """
    while node.op in ("write", "set-data", "float") and node.edges:
        node = node.edges[0][0]
    return node


def _pass_through(interp: Interpreter, node: Node) -> Backward | None:
    """The last backward pass that went through `node`."""
    for done in reversed(interp.backwards):
        if any(each is node for each in behind(done.node)):
            return done
    return None


def loses_leaf(interp: Interpreter, node: Node) -> bool:
    """Whether `node` is computed from a leaf to train that nothing holds: neither a name nor a container."""
    leaf = _unnamed_leaf(node)
    if leaf is None or leaf.source is None:
        return False
    values = [value for frame in interp.frames for value in frame.scope.names.values()]
    return all(before_edits(held) is not leaf for held in interp.nodes(values))


def is_told(interp: Interpreter, node: Node) -> bool:
    """Whether it was said already that nothing holds the leaf which `node` is computed from."""
    leaf = _unnamed_leaf(node)
    told = (event.node for event in interp.events if event.cause is Cause.NON_LEAF and event.node is not None)
    return any(_unnamed_leaf(each) is leaf for each in told)


def passes_leaf_by(interp: Interpreter, node: Node, at: ast.AST) -> bool:
    """Whether the statement `at` asks for a leaf and keeps a result of it: `x.requires_grad_().to(d)`."""
    leaf = _unnamed_leaf(node)
    asked = None if leaf is None else interp.asked.get(id(leaf))
    return asked is not None and interp.leaf_role() == "leaf" and any(each is asked for each in walk_tree(at))


def _unnamed_leaf(node: Node) -> Node | None:
    for _ in range(4):
        parents = flowing_parents(node)
        if len(parents) != 1:
            return None
        last, node = node, parents[0]
        if LEAF in node.tags:
            return node
        if node.source is not None and last.op == "phi":
            return None  # `nn.Parameter(…) if learnt else 1.0`: this may be the leaf itself
        if node.source is not None:
            made_here = (node.source.name, node.source.role) in (
                ("<leaf>", "leaf"),
                ("<parameter>", "parameter"),
            )
            return node if made_here else None
    return None


def is_trained(interp: Interpreter, owner: Instance, name: str, value: Tensor) -> bool:
    """Whether the class reads `self.name.grad` or optimises it, though it is made of a leaf nobody keeps."""
    if value.leaf or interp.leaf_role() != "leaf":
        return False
    leaves = [node for node in behind(value.node) if "fresh-leaf" in node.tags and interp.runs(node.at)]
    held = {id(node) for node in interp.nodes(owner.attributes.values())}
    if not leaves or any(id(node) in held for node in leaves):
        return False
    if value.node.op in _MOVES and any(parent in leaves for parent, _ in value.node.edges):
        return True  # `self.x = x.to(dtype)`: moved after it was asked to be a leaf
    mention = rf"\bself\.{name}\b"
    lists = rf"(?:\boptim\.\w+\(|\bdef parameters\(self\)[^:]*:\s+return)\s*\[[^\]]*{mention}"
    return re.search(rf"{mention}\.grad\b|{lists}", interp.block.text) is not None


def is_asked_for(interp: Interpreter, name: str, value: Tensor) -> bool:
    """Whether only `autograd.grad` differentiates by the attribute `name`: that takes results too."""
    return DIFFERENTIATED in value.node.tags and f"{name}.grad" not in interp.block.text


def is_made_from(node: Node, origin: Node) -> bool:
    """Whether `node` is computed from `origin` directly."""
    return any(parent is origin for parent, _ in node.edges)
