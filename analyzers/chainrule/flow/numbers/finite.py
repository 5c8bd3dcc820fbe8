"""Where a gradient can turn NaN or infinite.

Each check follows from a derivative: sqrt'(0) and log'(0) are infinite, and an infinite derivative times the
zero that a mask, a clamp or `torch.where` sends back is NaN. Only values that can really reach the end of the
domain count (`chainrule.flow.core.bounds`); of an arbitrary tensor nothing is claimed.
"""

from __future__ import annotations

import ast
import math

from chainrule.flow.core.bounds import NONNEGATIVE, UNIT
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import COUNTS, ELEMENTWISE
from chainrule.flow.core.graph import NO_TAGS, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Tensor, Value
from chainrule.flow.numbers.divisors import check_division, check_product, is_range
from chainrule.flow.numbers.domains import LOGS, is_condition
from chainrule.flow.numbers.excluded import check_weighted, check_weights
from chainrule.flow.numbers.logarithms import check_log
from chainrule.flow.numbers.masked import check_masked, check_replaced
from chainrule.flow.numbers.never import check_added, check_sum_of_logs, is_mask, multiplies_mask
from chainrule.flow.numbers.roots import check_learnt_power, check_power, check_root, inside
from chainrule.flow.numbers.several import asks_how_many
from chainrule.flow.numbers.shares import check_entropy
from chainrule.flow.numbers.spectra import is_gram
from chainrule.flow.numbers.zeros import saturates, vanishes

_DOMAIN_END = frozenset(("acos", "arccos", "asin", "arcsin", "atanh", "arctanh", "erfinv"))
_FROM_ONE = frozenset(("acosh", "arccosh"))
_ENTROPIES = frozenset(("xlogy", "entr", "xlog1py"))
_CLAMPS = frozenset(("clamp", "clip", "clamp_", "clamp_max", "minimum", "min"))
_WEIGHTED = frozenset(("matmul", "bmm", "mm", "einsum"))


# What leaves -inf infinite: not `exp`, `softmax`, `clamp`.
_KEEP_INFINITE = ELEMENTWISE - {
    "exp",
    "softmax",
    "sigmoid",
    "tanh",
    "relu",
    "clamp",
    "clamp_min",
    "clamp_",
    "nan_to_num",
    "cosh",
    "sinh",
}
_MOVES = frozenset(
    """float to double type_as view reshape unsqueeze squeeze permute transpose t T flatten contiguous expand
    movedim select phi""".split()
)
_LENGTHS = frozenset(
    ("norm", "vector_norm", "std", "var", "amax", "max", "matmul", "matmult", "bmm", "einsum")
)
_KEPT = {
    "unit": frozenset(("t", "T", "mT", "transpose", "unsqueeze", "contiguous", "to", "float", "index")),
    "one-hot": _MOVES | {"movedim"},
    "class-count": _MOVES | {"mult", "mul", "sqrt", "square"},
    "half": (ELEMENTWISE | _LENGTHS) - {"float", "double", "to"},
    "steep": _MOVES | {"neg", "sub", "add"},
    "zero-times-inf": _MOVES,
    "excluded": _MOVES,
    "empty-rows": _MOVES | {"dropout", "mult", "mul"},
    "reciprocal": _MOVES | {"mult", "mul", "div", "pow", "square", "sqrt", "sum", "mean"},
}


def tags_of(op: str, parents: list[Node]) -> frozenset[str]:
    """Which marks of its operands a result keeps."""
    for parent in parents:
        if parent.tags:
            break
    else:
        return NO_TAGS
    tags: set[str] = set()
    for parent in parents:
        if "neginf" in parent.tags and op in _KEEP_INFINITE and parent.op != "phi":
            tags.add("neginf")
        if op == "log_softmax" and "neginf" in parent.tags:
            tags.add("excluded")
        if "comparison" in parent.tags and op in COUNTS and len(parents) == 1:
            tags.add("comparison")
        if "subset" in parent.tags and op in ELEMENTWISE and op not in ("sum", "mean"):
            tags.add("subset")
        for mark, kept in _KEPT.items():
            if mark in parent.tags and op in kept:
                tags.add(mark)
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
    if isinstance(op, ast.Mult) and (a is None or b is None) and multiplies_mask(left, right):
        made.tags |= {"zero-times-inf"}
    if isinstance(op, (ast.Add, ast.Sub)) and a is not None and b is not None:
        check_added(interp, made, a, b)
    if isinstance(op, ast.Div) and b is not None:
        check_division(interp, made, a, b, at)
        if a is not None and b.op in ("norm", "vector_norm") and b.edges and b.edges[0][0] is a:
            made.tags |= {"unit"}
    elif isinstance(op, ast.Mult) and a is not None and b is not None:
        check_product(interp, made, a, b, at)
        check_entropy(interp, made, a, b)
        if "unit" in a.tags and "unit" in b.tags:
            made.tags |= {"unit-product"}
        for mask, value in ((a, b), (b, a)):
            if is_condition(mask):
                check_masked(interp, mask, value, at)
    elif isinstance(op, ast.MatMult) and a is not None and b is not None:
        if "unit" in a.tags and "unit" in b.tags:
            made.bounds = UNIT
        check_weighted(interp, made)
    elif isinstance(op, ast.Sub) and a is not None and b is not None:
        if is_range(a, b):
            made.tags |= {"range"}
            made.bounds = NONNEGATIVE
    elif isinstance(op, ast.Pow) and a is not None:
        if isinstance(right, Const):
            check_power(interp, made, a, right.value, at)
        elif b is not None:
            check_learnt_power(interp, made, a, b, at)


def check_call(interp: Interpreter, name: str, made: Node, arguments: list[Value], at: ast.AST) -> None:
    """Hazards of the operator `name` applied to `arguments`."""
    if name in _WEIGHTED:
        check_weighted(interp, made)
    first = arguments[0].node if arguments and isinstance(arguments[0], Tensor) else None
    if first is None:
        return
    second = arguments[1].node if len(arguments) > 1 and isinstance(arguments[1], Tensor) else None
    if name in ("sqrt", "rsqrt"):
        check_root(interp, made, first, at)
    elif name == "hypot":
        if second is not None and first.bounds.low <= 0 and second.bounds.low <= 0:
            interp.hazard(Cause.SQRT_ZERO, at, made, first)
    elif name in LOGS and is_mask(first):
        made.tags |= {"neginf"}
    elif name in LOGS or name == "log1p":
        check_log(interp, name, made, first, at)
    elif name == "logdet" and is_gram(first):
        interp.hazard(Cause.LOG_ZERO, at, made, first, "zero")
    elif name in ("softmax", "log_softmax"):
        _note_excluding(interp, made, first)
        check_weights(interp, made, first)
    elif name in ("logaddexp", "logsumexp"):
        _note_excluding(interp, made, first)
        check_sum_of_logs(interp, name, made, arguments, at)
    elif name in _ENTROPIES:
        last = second or first
        if saturates(last) or vanishes(last):
            interp.hazard(Cause.LOG_ZERO, at, made, last)
    elif name in _DOMAIN_END and not inside(first):
        interp.hazard(Cause.DOMAIN_END, at, made, first)
    elif name in _FROM_ONE and _from_one(first):
        interp.hazard(Cause.DOMAIN_END, at, made, first, "1")
    elif name == "logit" and len(arguments) == 1 and saturates(first):
        interp.hazard(Cause.DOMAIN_END, at, made, first, "0 and 1")
    elif name in ("std", "var") and "subset" in first.tags and not divides_by_n(at):
        if not asks_how_many(interp, at):
            interp.hazard(Cause.STD_SINGLE, at, made, first)
    elif name == "pow" and len(arguments) > 1 and isinstance(arguments[1], Const):
        check_power(interp, made, first, arguments[1].value, at)
    elif name == "pow" and second is not None:
        check_learnt_power(interp, made, first, second, at)
    elif name in ("nan_to_num", "nansum", "nanmean"):
        check_replaced(interp, first, at)
    elif name in ("div", "true_divide", "divide") and len(arguments) > 1 and isinstance(arguments[1], Tensor):
        check_division(interp, made, first, arguments[1].node, at)
    elif name == "reciprocal":
        check_division(interp, made, None, first, at)
    elif name in ("mul", "multiply") and second is not None:
        check_product(interp, made, first, second, at)
        check_entropy(interp, made, first, second)
    elif name.startswith("binary_cross_entropy"):
        for weight in arguments[2:]:
            if isinstance(weight, Tensor):
                check_product(interp, made, weight.node, first, at)


def _note_excluding(interp: Interpreter, made: Node, scores: Node) -> None:
    """Remember what is made of scores that a mask of -inf was added to."""
    if scores.op == "add" and any("neginf" in parent.tags for parent, _ in scores.edges):
        interp.excluding.append(made)


def _from_one(node: Node) -> bool:
    """Whether an argument of acosh can be 1: clamped to it, or 1 plus a distance."""
    if node.op == "add" and len(node.edges) == 1 and not math.isfinite(node.bounds.low):
        return isinstance(node.at, ast.BinOp) and any(
            isinstance(side, ast.Constant) and side.value == 1 for side in (node.at.left, node.at.right)
        )
    return node.bounds.low == 1 and not node.bounds.soft


def divides_by_n(at: ast.AST) -> bool:
    """`std(unbiased=False)`, `std(correction=0)`: of a single value it is 0, and so is its gradient."""
    return isinstance(at, ast.Call) and any(
        keyword.arg in ("unbiased", "correction")
        and isinstance(keyword.value, ast.Constant)
        and not keyword.value.value
        for keyword in at.keywords
    )
