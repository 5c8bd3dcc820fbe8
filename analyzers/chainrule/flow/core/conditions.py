"""What a condition asks about: which values it tests, and which of two values are one.

A mask, a `torch.where` or an `if` says of a value that it can be 0 or NaN, or that it can't be where the code
goes on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.bounds import TINY, without_zero
from chainrule.flow.core.graph import Interval, Node
from chainrule.flow.core.state import State
from chainrule.syntax import alike, walk_tree

# Operators that work element by element (or move elements), so that an element's NaN stays its own.
ELEMENTWISE = frozenset(
    """add sub mult div neg pow iadd isub imult idiv exp log sqrt abs clamp clamp_min clamp_max clamp_
    square mul true_divide divide float to double masked_fill unsqueeze squeeze view reshape expand
    expand_as select acos asin log2 log10 log1p sigmoid tanh sum mean softmax rsqrt reciprocal cosh sinh
    contiguous relu nan_to_num permute transpose""".split()
)
# … and what bends a value without making anything infinite finite again.
_CHAINED = ELEMENTWISE | {"atan", "arctan", "sin", "cos", "erf", "asinh"}
# What answers "how many": a comparison that was counted is a number again.
COUNTS = frozenset(
    """sum count_nonzero nansum mean float int long to type double half mult add iadd type_as cuda cpu item
    phi len bool select size shape detach data""".split()
)
_CASTS = frozenset(("float", "double", "to", "type_as", "log", "unsqueeze", "squeeze", "view"))
# What gives the elements of a tensor another place, and leaves them what they are.
_VIEWS = frozenset(("squeeze", "unsqueeze", "view", "reshape", "flatten", "contiguous"))
# Masks that are the same for all data.
_PATTERNS = frozenset(("eye", "ones", "ones_like", "zeros", "zeros_like", "arange", "triu", "tril", "full"))
# Formulas that give one value whenever they are written again.
_FORMULAS = frozenset(
    ("add", "sub", "mult", "div", "neg", "pow", "select", "abs", "sum", "mean", "unsqueeze")
)


def asks(condition: Node, value: Node) -> bool:
    """Whether `condition` asks about `value`, or about where in it an element stands (off the diagonal)."""
    return any(same(value, node) or equal(value, node) for node, _ in tested(condition)) or _stands(condition)


def _stands(condition: Node) -> bool:
    pending, seen = [condition], 0
    while pending:
        node = pending.pop()
        seen += 1
        if node.source is not None or seen > 20 or (not node.edges and node.op not in _PATTERNS):
            return False
        pending.extend(parent for parent, _ in node.edges)
    return True


def kept(condition: Node, value: Node) -> Interval:
    """Bounds of the elements of `value` that `condition` lets through: not 0 where it asks about them."""
    if value.bounds.low < 0 and _is_above(condition, value):
        return Interval(TINY, max(value.bounds.high, TINY), capped=value.bounds.capped)
    return without_zero(value.bounds) if value.bounds.low == 0 and asks(condition, value) else value.bounds


def _is_above(condition: Node, value: Node) -> bool:
    """`x > 0`, `x > 1e-3`."""
    at = condition.at
    if condition.op != "compare" or not isinstance(at, ast.Compare) or len(condition.edges) != 1:
        return False
    limit = at.comparators[0]
    if not isinstance(at.ops[0], ast.Gt) or not isinstance(limit, ast.Constant):
        return False
    positive = isinstance(limit.value, (int, float)) and limit.value >= 0
    return positive and same(condition.edges[0][0], value)


_EVEN = frozenset(("abs", "square", "pow", "neg"))


def padded(value: Node) -> bool:
    """`d + (d == 0) * eps`: whether a comparison of a value adds something to its zeros."""
    if value.op not in ("add", "iadd") or len(value.edges) != 2:
        return False
    one, other = value.edges[0][0], value.edges[1][0]
    return any(
        same(plain, node)
        for plain, added in ((one, other), (other, one))
        for each in chain(added, 3)
        if "comparison" in each.tags
        for node, _ in tested(each)
    )


def zero_replaced(value: Node) -> bool:
    """`where(x != 0, x, 1).abs()`: whether a positive number stands for the zeros of a value."""
    while value.op in _EVEN and value.edges:
        value = value.edges[0][0]
    if value.op != "where" or len(value.edges) != 3:
        return False
    (condition, _), (one, _), (other, _) = value.edges
    asked = [node for node, _ in tested(condition)]
    return any(
        number.bounds.low > 0 and not number.edges and any(same(kept, node) for node in asked)
        for kept, number in ((one, other), (other, one))
    )


def guarded(run: State, divisor: Node) -> bool:
    """Whether this runs under an `if` that asks about `divisor`, or about what it counts."""
    parts = list(factors(divisor))
    while divisor.op in COUNTS and divisor.edges:
        divisor = divisor.edges[0][0]
        parts.append(divisor)
    return any(
        condition is not None
        and any(same(part, node) for part in parts for node in (condition, *_asked(condition)))
        for frame in run.frames
        for condition in (*(each for each, _ in frame.controls), *frame.asked)
    )


def _asked(condition: Node) -> Iterator[Node]:
    for node, _ in tested(condition):
        yield node
        while node.op in COUNTS and node.edges:
            node = node.edges[0][0]
            yield node


_ANSWERS_ALL = frozenset(("any", "all"))
_CONJUNCTIONS = frozenset(("bitand", "bitor", "not", "logical_and", "logical_or", "logical_not"))


def tested(condition: Node) -> Iterator[tuple[Node, str]]:
    """The values that a condition asks about, also below `&`, `~`, `.float()`."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        if node.op in ("isnan", "isinf", "isfinite") and node.edges:
            yield node.edges[0][0], "isnan" if node.op != "isinf" else "isinf"
        elif "comparison" in node.tags and node.op not in COUNTS and node.op not in _CONJUNCTIONS:
            if len(node.edges) > 1:
                continue  # against another tensor or a setting: no test for a value that is dangerous
            if node.op in _ANSWERS_ALL and _asks_for_nan(node):
                pending.extend(parent for parent, _ in node.edges)
            for parent, _ in node.edges:
                yield parent, "value"
                # `x.abs() > eps`, `x.detach() > 0` ask about x itself.
                if parent.op in ("abs", "detach", "data") and parent.edges:
                    yield parent.edges[0][0], "value"
                elif _is_view(parent):
                    yield unviewed(parent), "value"
        else:
            pending.extend(parent for parent, _ in node.edges)


def _asks_for_nan(answer: Node) -> bool:
    """`isnan(x).any(1)`, `(~isnan(x)).all(1)`: whether all of a row was measured."""
    asked = answer.edges[0][0] if answer.edges else answer
    while asked.op in ("not", "logical_not") and asked.edges:
        asked = asked.edges[0][0]
    return asked.op in ("isnan", "isfinite")


def unviewed(node: Node) -> Node:
    """`total` of `total.squeeze(1)`, `total[:, None]`: the tensor whose elements these are."""
    while _is_view(node):
        node = node.edges[0][0]
    return node


def _is_view(node: Node) -> bool:
    if node.op == "select" and isinstance(node.at, ast.Subscript) and node.edges:
        return _only_moves(node.at.slice, node.edges[0][0])
    return node.op in _VIEWS and bool(node.edges)


def _only_moves(index: ast.expr, whole: Node) -> bool:
    """`x[:, None]`, and `x[:, 0]` of what a reduction kept the dimension of."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    numbers = [each for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, int)]
    if numbers and not any(keyword.arg == "keepdim" for keyword in getattr(whole.at, "keywords", ())):
        return False
    return all(_is_whole(each) or each in numbers for each in parts)


def _is_whole(part: ast.expr) -> bool:
    """`:`, `None`, `...`."""
    if isinstance(part, ast.Slice):
        return part.lower is part.upper is part.step is None
    return isinstance(part, ast.Constant) and part.value in (None, ...)


def compared(condition: Node) -> Iterator[Node]:
    """The values that a condition compares, with each other or with numbers."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        if node.op in ("abs", "detach", "data", "pow", "square"):
            yield node
        elif "comparison" not in node.tags and node.op not in _CONJUNCTIONS:
            yield node
            continue
        pending.extend(parent for parent, _ in node.edges)


def chain(node: Node, depth: int, until: frozenset[str] = frozenset()) -> Iterator[Node]:
    """`node` and what it was made from element by element, up to the operators `until`."""
    pending = [(node, 0)]
    count = 0
    while pending and count < 40:
        current, level = pending.pop()
        count += 1
        yield current
        if level < depth and current.op in _CHAINED and current.op not in until:
            pending.extend((p, level + 1) for p, gate in current.edges if gate is None or not gate.cause)


def factors(node: Node) -> Iterator[Node]:
    """What `node` is 0 with: itself, what is multiplied or counted; and what it is the logarithm of."""
    yield node
    while (node.op in _CASTS or _is_view(node)) and node.edges:
        node = node.edges[0][0]
        yield node
    if node.op in ("sum", "count_nonzero") and node.edges:
        yield node.edges[0][0]
    if node.op == "div" and node.edges:
        yield node.edges[0][0]  # `x / scale`
    if node.op in ("mult", "mul", "add", "sqrt", "unsqueeze", "float", "to", "abs"):
        for parent, _ in node.edges:
            yield parent


def same(left: Node, right: Node) -> bool:
    """One value, or the same operator applied to the same values in the same way."""
    if left is right:
        return True
    if left.op != right.op or not left.edges or len(left.edges) != len(right.edges):
        return False
    return all(a[0] is b[0] for a, b in zip(left.edges, right.edges, strict=True)) and (
        left.at is right.at or _alike(left.at, right.at)
    )


def _alike(left: ast.AST, right: ast.AST) -> bool:
    """Whether two expressions have the same numbers in them; of one part of a tensor, all that is written."""
    if isinstance(left, ast.Subscript) and isinstance(right, ast.Subscript):
        return alike(left.slice, right.slice)
    return _numbers(left) == _numbers(right)


def _numbers(at: ast.AST) -> list[object]:
    """The dimensions and numbers that an operator is given."""
    if isinstance(at, ast.Attribute):
        return [at.attr]
    parts = [*at.args, *(each.value for each in at.keywords)] if isinstance(at, ast.Call) else [at]
    return [
        each.value
        for part in parts
        for each in walk_tree(part)
        if isinstance(each, ast.Constant) and each.value is not True
    ]


def equal(left: Node, right: Node, depth: int = 4) -> bool:
    """Whether two nodes are certainly the same value: one node, or the same formula of one."""
    if left is right:
        return True
    if left.op != right.op or left.op not in _FORMULAS or len(left.edges) != len(right.edges) or not depth:
        return False
    return (
        bool(left.edges)
        and all(equal(a[0], b[0], depth - 1) for a, b in zip(left.edges, right.edges, strict=True))
        and (len(left.edges) == 2 or alike(left.at, right.at))
    )
