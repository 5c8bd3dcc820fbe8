"""Where a gradient can turn NaN or infinite.

Each check follows from a derivative: sqrt'(0) and log'(0) are infinite, and an infinite derivative times the
zero that a mask, a clamp or `torch.where` sends back is NaN. Only values that can really reach the end of the
domain count (`chainrule.flow.bounds`); of an arbitrary tensor nothing is claimed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.causes import Cause
from chainrule.flow.graph import NO_TAGS, Node
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.values import Const, Tensor, Value

_INFECTS = frozenset(("neginf", "comparison", "subset"))
_COUNTS = frozenset(
    """sum count_nonzero nansum mean float int long to type double half mult add iadd type_as cuda cpu item
    phi len bool select size shape detach data""".split()
)
_ELEMENTWISE = frozenset(
    """add sub mult div neg pow iadd isub imult idiv exp log sqrt abs clamp clamp_min clamp_max clamp_
    square mul true_divide divide float to double masked_fill unsqueeze squeeze view reshape expand
    expand_as select acos asin log2 log10 log1p sigmoid tanh sum mean softmax rsqrt reciprocal
    contiguous relu nan_to_num permute transpose""".split()
)
_DOMAIN_END = frozenset(("acos", "arccos", "asin", "arcsin", "atanh", "arctanh"))
_LOGS = frozenset(("log", "log2", "log10"))
_UNGUARDED = frozenset(
    ("log", "log2", "log10", "sqrt", "rsqrt", "div", "true_divide", "divide", "pow", "reciprocal")
)
_CLAMPS = frozenset(("clamp", "clip", "clamp_", "clamp_max", "minimum", "min"))


def tags_of(op: str, parents: list[Node]) -> frozenset[str]:
    """Which marks of its operands a result keeps."""
    if not any(parent.tags for parent in parents):
        return NO_TAGS
    tags: set[str] = set()
    for parent in parents:
        if "neginf" in parent.tags and op in _ELEMENTWISE:
            tags.add("neginf")
        if "comparison" in parent.tags and op in _COUNTS and len(parents) == 1:
            tags.add("comparison")
        if "subset" in parent.tags and op in _ELEMENTWISE and op not in ("sum", "mean"):
            tags.add("subset")
        if (
            "last-one" in parent.tags
            and op in _ELEMENTWISE
            and op not in ("sum", "mean", "squeeze", "reshape")
        ):
            tags.add("last-one")
        if "own-sample" in parent.tags and op in ("phi", "to", "float"):
            tags.add("own-sample")
    return frozenset(tags)


def check_binary(
    interp: Interpreter,
    op: ast.operator,
    made: Node,
    a: Node | None,
    b: Node | None,
    left: Value,
    right: Value,
    at: ast.AST,
) -> None:
    """Hazards of `left op right`."""
    if isinstance(op, ast.Div) and b is not None:
        if b.bounds.low == 0 and not b.bounds.soft and _is_count(b):
            interp.hazard(Cause.DIVISION, at, made, a or b, "count")
        if a is not None and "neginf" in a.tags:
            interp.hazard(Cause.DIVISION, at, made, b, "infinity")
    elif isinstance(op, ast.Mult) and a is not None and b is not None:
        for infinite, factor in ((a, b), (b, a)):
            if "neginf" in infinite.tags and "comparison" not in factor.tags:
                interp.hazard(Cause.DIVISION, at, made, factor, "infinity")
        for mask, value in ((a, b), (b, a)):
            if "comparison" in mask.tags:
                _bad_branch(interp, mask, value)
    elif isinstance(op, ast.Pow) and a is not None and isinstance(right, Const):
        exponent = right.value
        if (
            isinstance(exponent, (int, float))
            and 0 < exponent < 1
            and a.bounds.low == 0
            and not a.bounds.soft
        ):
            cause = Cause.SQRT_ZERO if exponent == 0.5 else Cause.POW_ZERO
            interp.hazard(cause, at, made, a)


def _is_count(node: Node) -> bool:
    return "comparison" in node.tags and node.op in _COUNTS


def check_call(interp: Interpreter, name: str, made: Node, arguments: list[Value], at: ast.AST) -> None:
    """Hazards of the operator `name` applied to `arguments`."""
    first = arguments[0].node if arguments and isinstance(arguments[0], Tensor) else None
    if first is None:
        return
    if name in ("sqrt", "rsqrt") and first.bounds.low == 0 and not first.bounds.soft:
        interp.hazard(Cause.SQRT_ZERO, at, made, first)
    elif name in _LOGS and first.bounds.low == 0 and _saturates(first):
        interp.hazard(Cause.LOG_ZERO, at, made, first)
    elif name in _DOMAIN_END and not _inside(first):
        interp.hazard(Cause.DOMAIN_END, at, made, first)
    elif name in ("std", "var") and "subset" in first.tags:
        interp.hazard(Cause.STD_SINGLE, at, made, first)
    elif name == "pow" and len(arguments) > 1 and isinstance(arguments[1], Const):
        exponent = arguments[1].value
        if isinstance(exponent, (int, float)) and 0 < exponent < 1 and first.bounds.low == 0:
            if not first.bounds.soft:
                interp.hazard(Cause.SQRT_ZERO if exponent == 0.5 else Cause.POW_ZERO, at, made, first)
    elif name in _CLAMPS:
        _clamped(interp, name, first, arguments)
    elif name in ("nan_to_num", "nansum", "nanmean"):
        for risky in _chain(first, 6):
            if risky.op in _UNGUARDED or "additive-mask" in risky.tags:
                operand = _operand(risky)
                if operand is not None and not _safe(risky, operand):
                    interp.hazard(Cause.BAD_BRANCH, risky.at, risky, operand, "hidden")
    elif name in ("div", "true_divide", "divide") and len(arguments) > 1 and isinstance(arguments[1], Tensor):
        check_binary(interp, ast.Div(), made, first, arguments[1].node, arguments[0], arguments[1], at)


def check_where(interp: Interpreter, condition: Value, branches: list[Value]) -> None:
    """`torch.where(condition, a, b)`, `masked_fill` and the like: the branch not taken still sends NaN back."""
    if not isinstance(condition, Tensor):
        return
    for branch in branches:
        if isinstance(branch, Tensor):
            _bad_branch(interp, condition.node, branch.node)


def _bad_branch(interp: Interpreter, condition: Node, branch: Node) -> None:
    compared = {id(node) for node in _compared(condition)}
    if not compared:
        return
    for risky in _chain(branch, 6):
        operand = _operand(risky)
        if operand is not None and id(operand) in compared and not _safe(risky, operand):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, operand, "where")


def _compared(condition: Node) -> Iterator[Node]:
    """What a condition was made from by comparing: the operands, also below `&`, `~`, `.float()`."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        if "comparison" in node.tags and node.op not in _COUNTS:
            for parent, _ in node.edges:
                yield parent
                # `x.abs() > eps`, `x.detach() > 0` test x itself.
                if parent.op in ("abs", "detach", "data") and parent.edges:
                    yield parent.edges[0][0]
        else:
            pending.extend(parent for parent, _ in node.edges)


def _chain(node: Node, depth: int) -> Iterator[Node]:
    """`node` and what it was made from element by element."""
    pending = [(node, 0)]
    count = 0
    while pending and count < 40:
        current, level = pending.pop()
        count += 1
        yield current
        if level < depth and current.op in _ELEMENTWISE:
            pending.extend((p, level + 1) for p, gate in current.edges if gate is None or not gate.cause)


def _operand(node: Node) -> Node | None:
    """The operand at whose domain end the derivative of `node` is infinite."""
    if node.op in ("div", "true_divide", "divide"):
        return node.edges[-1][0] if len(node.edges) > 1 or (node.op == "div" and node.edges) else None
    if node.op in _UNGUARDED or node.op in _DOMAIN_END:
        return node.edges[0][0] if node.edges else None
    if "additive-mask" in node.tags:
        return node.edges[0][0]
    return None


def _safe(risky: Node, operand: Node) -> bool:
    if risky.op in _DOMAIN_END:
        return _inside(operand)
    if risky.op == "pow":
        return "fractional" not in risky.tags
    return operand.bounds.low > 0 or operand.op in ("where", "masked_fill", "nan_to_num")


def _inside(node: Node) -> bool:
    """Whether ±1 is out of reach: clamped or scaled to less, or bounds that cannot be read off."""
    low, high = node.bounds.low, node.bounds.high
    if low > -1 and high < 1:
        return True
    if node.op in _CLAMPS and not (low == -1 or high == 1):
        return True
    return node.op in ("tanh", "sin", "cos", "where")


def _saturates(node: Node) -> bool:
    """Whether an exact zero of `node` comes from a saturated softmax or sigmoid, or from a hard zero."""
    return node.bounds.soft and node.bounds.high <= 1.0


def _clamped(interp: Interpreter, name: str, first: Node, arguments: list[Value]) -> None:
    if first.op == "exp" and first.edges and name != "clamp_min" and first.edges[0][0].bounds.high > 88:
        operand = first.edges[0][0]
        # A difference of log-probabilities stays small; a raw prediction may be anything.
        if not _scalar_parameter(operand) and operand.op != "sub":
            interp.hazard(Cause.BAD_BRANCH, first.at, first, operand, "overflow")
    elif first.op in ("log", "div", "sqrt") and first.edges:
        for risky in _chain(first, 0):
            inner = _operand(risky)
            if inner is not None and risky.op == "log" and inner.bounds.low <= 0 and inner.op != "where":
                interp.hazard(Cause.BAD_BRANCH, first.at, first, inner, "clamp")


def _scalar_parameter(node: Node) -> bool:
    return node.source is not None and node.source.role == "parameter"
