"""What is constant by construction: over a single value, of a tensor and itself, of what adds up to one.

A dimension of size one is noted where it is made, as the mark `one@-1` (`score.unsqueeze(-1)`, a layer with
one output, a sum that keeps its dimension). A softmax over it is 1, and the spread of it is 0/0.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import equal
from chainrule.flow.core.graph import NO_TAGS, Gate, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.trace import Graph
from chainrule.flow.core.values import Const, Seq, Tensor, Value
from chainrule.syntax import alike, walk_tree

_ONE = "one@"
LAYER = frozenset(("one-output",))
LINEAR = LAYER | {_ONE + "-1"}
"""The marks of a linear layer with one output; `CHANNEL` of a convolution with one."""
CHANNEL = frozenset((_ONE + "1",))

_REDUCTIONS = frozenset(
    ("sum", "mean", "amax", "amin", "max", "min", "norm", "vector_norm", "logsumexp", "prod")
)
# The module of functions, after which what stands first in a call is the tensor.
_FUNCTIONAL = ("nn.functional", "torch.nn.functional")
_SHAPED = frozenset(("view", "reshape"))
# What leaves every size as it is.
_KEEPS = frozenset(
    """add sub mult mul div neg pow exp log sqrt abs clamp clamp_min clamp_max square relu sigmoid tanh
    float double to half contiguous clone softplus leaky_relu gelu elu dropout softmax log_softmax
    logsigmoid""".split()
)
_CLASSES = frozenset(("softmax", "log_softmax", "cross_entropy", "gumbel_softmax", "softmin"))
_ITSELF = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "pairwise_distance", "dist"))
_AVERAGES = frozenset(("mean", "sum"))
_SPREADS = frozenset(("std", "var", "norm", "vector_norm"))
_SCALES = frozenset(("add", "sqrt", "clamp", "clamp_min", "clip", "mult"))
_POOLS = frozenset(("matmul", "matmult", "bmm", "einsum", "mm"))
# What weights go through before they are multiplied with what they weigh.
_PASSES = frozenset(
    "transpose squeeze unsqueeze permute dropout phi mT repeat expand expand_as view reshape".split()
)


def marks(name: str, bound: Mapping[str, Value], parents: list[Node], at: ast.AST) -> frozenset[str]:
    """The marks of sizes that the result of the operator `name` has."""
    if name == "unsqueeze":
        axis = _axis(bound)
        return _moved(parents[:1], axis) | ({f"{_ONE}{axis}"} if axis is not None else NO_TAGS)
    if name in _REDUCTIONS:
        axis = _axis(bound)
        kept = bound.get("keepdim")
        if axis is not None and isinstance(kept, Const) and kept.value is True:
            return frozenset((f"{_ONE}{axis}",))
        return NO_TAGS
    if name == "topk":
        count, axis = bound.get("k"), _axis(bound)
        single = isinstance(count, Const) and count.known and count.value == 1
        return frozenset((f"{_ONE}{-1 if axis is None else axis}",)) if single else NO_TAGS
    if name in _SHAPED and isinstance(at, ast.Call) and at.args:
        sizes = at.args[1:] if len(at.args) > 1 and _is_function(at) else at.args
        last = sizes[-1] if sizes else None
        if isinstance(last, ast.Constant) and last.value == 1 and len(sizes) > 1:
            return frozenset((_ONE + "-1", f"{_ONE}{len(sizes) - 1}"))
        return NO_TAGS
    return kept_by(name, parents)


def kept_by(name: str, parents: list[Node]) -> frozenset[str]:
    """The marks that remain in an element-wise result of `parents`: a wider operand spreads the others."""
    if name not in _KEEPS:
        return NO_TAGS
    for parent in parents:
        if parent.tags:
            break
    else:
        return NO_TAGS
    wide = [parent for parent in parents if not _is_number(parent)]
    marks = [frozenset(tag for tag in parent.tags if tag.startswith(_ONE)) for parent in wide]
    if not marks or not all(marks):
        return NO_TAGS
    found = frozenset.intersection(*marks)
    return found | LAYER if found and all("one-output" in parent.tags for parent in wide) else found


def is_one(node: Node, axis: int) -> bool:
    """Whether a dimension of `node` has size one."""
    return f"{_ONE}{axis}" in node.tags


def is_narrow(node: Node) -> bool:
    """Whether some dimension of `node` has size one."""
    return any(tag.startswith(_ONE) for tag in node.tags)


def of_index(parts: ast.expr) -> frozenset[str]:
    """The marks of `x[parts]`: `x[..., None]`, `x[:, :1]`."""
    written = parts.elts if isinstance(parts, ast.Tuple) else [parts]
    found: set[str] = set()
    dots = next((i for i, each in enumerate(written) if _is_dots(each)), None)
    for place, each in enumerate(written):
        axis = place if dots is None or place < dots else place - len(written)
        if (isinstance(each, ast.Constant) and each.value is None) or _is_one_wide(each):
            found.add(f"{_ONE}{axis}")
    return frozenset(found)


def rest(tags: frozenset[str]) -> frozenset[str]:
    """The marks that say nothing of sizes."""
    if not tags:
        return tags
    return frozenset(tag for tag in tags if not tag.startswith(_ONE)) - LAYER


def constant(
    interp: Interpreter, name: str, bound: Mapping[str, Value], first: Tensor, at: ast.AST
) -> Gate | None:
    """The gate of an operator whose result does not depend on its operand."""
    node = first.node
    if name in _CLASSES and node.tags:
        if name == "cross_entropy":
            axis: int | None = -1 if "one-output" in node.tags else 1
        else:
            axis = _axis(bound)
        if axis is None:
            axis = -1
        if f"{_ONE}{axis}" in node.tags:
            return interp.gate(Cause.DEGENERATE, at, zero=True, note="one class")
        if axis == 1 and "one-output" in node.tags:
            return interp.gate(Cause.DEGENERATE, at, zero=True, note="one class, if 2-D")
    elif name in ("layer_norm", "LayerNorm") and _ONE + "-1" in node.tags:
        return interp.gate(Cause.DEGENERATE, at, zero=True, note="one value")
    elif name in _ITSELF:
        other = next((v for key, v in bound.items() if key in ("target", "other", "x2", "input2")), None)
        if isinstance(other, Tensor) and equal(node, other.node) and _is_one(interp, at):
            return interp.gate(Cause.DEGENERATE, at, zero=True, note="itself")
    elif name in _AVERAGES:
        return _of_all(interp, bound, node, at)
    elif name in ("norm", "vector_norm"):
        return _of_length(interp, bound, node, at)
    return None


def difference(interp: Interpreter, left: Node, right: Node, at: ast.AST) -> Gate | None:
    """The gate of `x - x`."""
    if left.kind == "tensor" and equal(left, right) and _is_one(interp, at):
        return interp.gate(Cause.DEGENERATE, at, zero=True, note="itself")
    if passes_through(left, right) or passes_through(right, left):
        return interp.gate(Cause.DEGENERATE, at, zero=True, note="straight through")
    return None


def passes_through(node: Node, estimate: Node) -> bool:
    """Whether `estimate` is `node + (q - node).detach()`: another value, with the gradient of `node`."""
    if estimate.op != "add" or len(estimate.edges) != 2:
        return False
    (one, first), (other, second) = estimate.edges
    rest = other if one is node else one if other is node else None
    stopped = rest is not None and bool(rest.edges) and all(gate is not None for _, gate in rest.edges)
    return stopped and first is None and second is None


def _is_one(interp: Interpreter, at: ast.AST) -> bool:
    """Whether one node is one value: written twice, or under another name. Parts of a whole share a node."""
    if isinstance(at, ast.BinOp):
        written = [at.left, at.right]
    else:
        written = at.args[:2] if isinstance(at, ast.Call) and len(at.args) > 1 else []
    if not written:
        return False
    one, other = written[0], written[-1]
    if alike(one, other):
        return True
    function = interp.frame.function
    if not (isinstance(one, ast.Name) and isinstance(other, ast.Name)) or function is None:
        return False
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Name)
        and {each.value.id} | {t.id for t in each.targets if isinstance(t, ast.Name)} == {one.id, other.id}
        for each in walk_tree(function)
    )


def is_spread_of_one(bound: Mapping[str, Value], node: Node) -> bool:
    """`std` or `var` over a dimension of size one."""
    axis = _axis(bound)
    return axis is not None and f"{_ONE}{axis}" in node.tags


def pools(behind: Node, graph: Graph) -> bool:
    """Whether weights are multiplied with other values and added up over dimension 1, as attention does."""
    for child, _ in graph.children.get(id(behind), ()):
        if child.op in _POOLS:
            return True
        if child.op in ("mult", "mul"):
            for after, _ in graph.children.get(id(child), ()):
                if after.op in _AVERAGES and _dims(after.at) in ("1", "-2"):
                    return True
        elif child.op in _PASSES:
            if pools(child, graph):
                return True
    return False


def _of_all(interp: Interpreter, bound: Mapping[str, Value], node: Node, at: ast.AST) -> Gate | None:
    """The sum of a softmax over its own classes; the mean of what its own mean was taken from."""
    axis = _axis(bound)
    everything = bound.get("dim") is None and bound.get("axis") is None
    while node.op in ("abs", "float", "clone") and node.edges and node.edges[0][0].bounds.low >= 0:
        node = node.edges[0][0]
    if node.op == "softmax" and (everything or (axis is not None and _dims(node.at) == str(axis))):
        return interp.gate(Cause.DEGENERATE, at, zero=True, note="adds up to one")
    node = _unscaled(node)
    if node.op == "sub" and len(node.edges) == 2:
        whole, mean = node.edges[0][0], node.edges[1][0]
        centred = mean.op == "mean" and bool(mean.edges) and mean.edges[0] == (whole, None)
        if centred and (everything or (axis is not None and _dims(mean.at) == str(axis))):
            return interp.gate(Cause.DEGENERATE, at, zero=True, note="centred")
    return None


def _unscaled(node: Node) -> Node:
    """`x - m` of `(x - m) / (x.std(d) + eps)`: the scale is one along `d`, and by itself does not matter."""
    if node.op != "div" or not node.edges or node.edges[0][0].op != "sub":
        return node
    centred = node.edges[0][0]
    scale = node.edges[1][0] if len(node.edges) == 2 else None
    while scale is not None and scale.op in _SCALES and scale.edges:
        scale = scale.edges[0][0]
    mean = centred.edges[-1][0]
    if scale is None or (scale.op in _SPREADS and _dims(scale.at) == _dims(mean.at)):
        return centred
    return node


def _of_length(interp: Interpreter, bound: Mapping[str, Value], node: Node, at: ast.AST) -> Gate | None:
    """The length of what was normalised; the sum of the magnitudes of a softmax."""
    order = bound.get("p", bound.get("ord"))
    if isinstance(order, Const) and order.value == 1:
        return _of_all(interp, bound, node, at) if node.op == "softmax" else None
    axis = _axis(bound)
    if node.op == "normalize" and axis is not None and (order is None or _is_two(order)):
        if _dims(node.at) == str(axis):
            return interp.gate(Cause.DEGENERATE, at, zero=True, note="unit length")
    return None


def _is_two(order: Value) -> bool:
    return isinstance(order, Const) and order.value in (2, "fro")


def _axis(bound: Mapping[str, Value]) -> int | None:
    value = bound.get("dim", bound.get("axis"))
    if isinstance(value, Seq) and len(value.items) == 1:
        value = value.items[0]
    number = value.value if isinstance(value, Const) and value.known else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _dims(at: ast.AST) -> str | None:
    """The dimension that a call names, as text."""
    if not isinstance(at, ast.Call):
        return None
    for keyword in at.keywords:
        if keyword.arg in ("dim", "axis"):
            return ast.unparse(keyword.value)
    rest = at.args[1:] if _is_function(at) else at.args
    return ast.unparse(rest[0]) if rest else None


def _is_function(at: ast.Call) -> bool:
    """`torch.view(x, …)`, not `x.view(…)`: a name of a module stands before the dot."""
    if not isinstance(at.func, ast.Attribute):
        return True
    owner = at.func.value
    if isinstance(owner, ast.Name):
        return owner.id in ("torch", "F", "functional")
    return getattr(owner, "attr", "") == "functional" and ast.unparse(owner) in _FUNCTIONAL


def _moved(parents: list[Node], axis: int | None) -> frozenset[str]:
    """Marks that are still right behind a new dimension at `axis`."""
    found: set[str] = set()
    for tag in (tag for parent in parents for tag in parent.tags if tag.startswith(_ONE)):
        place = int(tag[len(_ONE) :])
        if axis is not None and place >= 0 and axis >= 0:
            found.add(f"{_ONE}{place + 1 if axis <= place else place}")
        elif axis is not None and place < 0 <= axis:
            found.add(tag)
    return frozenset(found)


def _is_number(node: Node) -> bool:
    """Whether an operand has no sizes of its own: a setting, a scalar."""
    setting = node.source is not None and node.source.role == "setting"
    return node.kind != "tensor" or setting


def _is_dots(each: ast.expr) -> bool:
    return isinstance(each, ast.Constant) and each.value is ...


def _is_one_wide(each: ast.expr) -> bool:
    """`:1`, `-1:`, `0:1`, `i:i + 1`."""
    if not isinstance(each, ast.Slice) or each.step is not None:
        return False
    low, high = each.lower, each.upper
    if high is None:
        return low is not None and ast.unparse(low) == "-1"
    if low is None or (isinstance(low, ast.Constant) and low.value == 0):
        return isinstance(high, ast.Constant) and high.value == 1
    return ast.unparse(high) == f"{ast.unparse(low)} + 1" or _follows(low, high)


def _follows(low: ast.expr, high: ast.expr) -> bool:
    both = isinstance(low, ast.Constant) and isinstance(high, ast.Constant)
    return both and isinstance(low.value, int) and low.value + 1 == high.value  # type: ignore[attr-defined]
