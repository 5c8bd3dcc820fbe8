"""Which values are single numbers, as losses are: full reductions, and arithmetic of such."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind

REDUCTIONS = frozenset(
    """mean sum max min logsumexp norm dot amax amin nanmean nansum std var prod
    count_nonzero""".split()
)
THROUGH = frozenset(
    """add sub mult div neg phi float double sqrt abs log log10 exp pow to clamp clamp_min relu square
    squeeze iadd isub imult idiv tensor as_tensor Tensor view reshape branch extreme item number mul
    log1p controlled acos asin atan arccos arcsin arctan atan2 sin cos tan tanh sigmoid softplus log1p
    log2 expm1 rsqrt reciprocal detach data long int argmax argsort round sign floor ceil trunc compare
    gt lt ge le numpy from_numpy cpu cuda clone""".split()
)
# Measures of other libraries: a single number each.
SCORES = ("_score", "_error", "_similarity", "_ratio", "accuracy", "_bleu", "spearmanr", "pearsonr")
# What makes a tensor of a list of numbers.
ROWS = frozenset(("stack", "tensor", "as_tensor", "Tensor", "FloatTensor"))
_LISTS = (ast.List, ast.ListComp, ast.Tuple, ast.GeneratorExp)


def is_torch_loss(node: Node) -> bool:
    """Whether `node` is the result of one of torch's own losses, whose first operand is the prediction."""
    return node.op.endswith(("_loss", "cross_entropy", "kl_div", "cross_entropy_with_logits"))


def is_scalar(node: Node, depth: int = 0) -> bool:
    """Whether `node` is a single number: a full reduction, or arithmetic of such."""
    if "constant-return" in node.tags:
        return True
    at = node.at
    if (node.kind == "scalar" and node.op != "tolist") or (node.kind == "array" and node.op == "select"):
        return True
    if node.op.endswith(SCORES) and (
        node.kind == "array" or any(gate is not None and gate.cause for _, gate in node.edges)
    ):
        return True
    if node.op in REDUCTIONS and isinstance(at, ast.Call):
        return reduces_all(node.op, at) or (bool(node.edges) and _is_row(node.edges[0][0]))
    if is_torch_loss(node):
        return not any(
            isinstance(k.value, ast.Constant) and k.value.value == "none" for k in getattr(at, "keywords", ())
        )
    if node.op == "tensor" and isinstance(at, ast.Call) and at.args and isinstance(at.args[0], _LISTS):
        return False
    if node.op == "select" and node.edges and node.edges[0][0].op in ("tensor", "as_tensor", "stack"):
        return True
    if node.op == "matmult":
        return _is_quadratic(node)
    if node.op in THROUGH and depth < 10:
        inner = [
            parent
            for parent, _ in node.edges
            if parent.source is None and parent.edges and not _plain(parent)
        ]
        inner = [parent for parent in inner if not is_control(node, parent)]
        numbers = [parent for parent in inner if is_scalar(parent, depth + 1)]
        if node.op == "phi" and len(numbers) < len(inner):
            # `reduction`: what is returned as it is otherwise, is also reduced here.
            reduced = {id(each) for number in numbers for each in behind(number)}
            return any(id(parent) in reduced for parent in inner if parent not in numbers)
        # A reduction over a dimension beside a number: of a vector, or it would not be added to one.
        return bool(numbers) and all(
            parent in numbers or _reduces(parent) or _is_learnt(node, parent) for parent in inner
        )
    return False


def is_zero(node: Node) -> bool:
    """Whether `node` is the single number 0: `torch.tensor(0.0)`, `x.new_zeros(())`, `0.0`."""
    if not node.bounds.low == node.bounds.high == 0:
        return False
    given = getattr(node.at, "args", ())[:1]
    if node.op == "number" or not given:
        return node.op == "number"
    if node.op in ("tensor", "new_tensor"):
        return isinstance(given[0], ast.Constant)
    return ast.unparse(given[0]) in ("()", "[]", "1")


def _is_quadratic(product: Node) -> bool:
    """`m @ j @ m`: a vector on both sides of a matrix, since a matrix would be transposed on one of them."""
    left, right = (product.edges[0][0], product.edges[-1][0]) if len(product.edges) == 2 else (product, None)
    while left.op == "matmult" and left.edges:
        left = left.edges[0][0]
    return left is right and product.edges[0][0] is not left


def _is_row(node: Node, depth: int = 0) -> bool:
    """Whether a value is a row of single numbers put beside each other, or arithmetic of such a row."""
    parents = [parent for parent, _ in node.edges if not is_control(node, parent)]
    if node.op in ROWS:
        return bool(parents) and all(parent.edges and is_scalar(parent) for parent in parents)
    if node.op not in THROUGH or depth > 6:
        return False
    inner = [parent for parent in parents if parent.edges and not _plain(parent)]
    return bool(inner) and all(_is_row(parent, depth + 1) or is_scalar(parent) for parent in inner)


def reduces_all(op: str, call: ast.Call) -> bool:
    """Whether a call of one of the `REDUCTIONS` leaves no dimension: `x.sum()`, not `x.sum(1)`."""
    if any(keyword.arg in ("dim", "axis") for keyword in call.keywords):
        return False
    method = isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id in ("torch", "np")
    )
    return op in ("norm", "dot") or len(call.args) <= (0 if method else 1)


def _reduces(node: Node, depth: int = 0) -> bool:
    """Whether a value is a reduction over some dimension, scaled perhaps: `weight * -h.sum(-1)`."""
    if node.op in REDUCTIONS:
        return True
    return (
        node.op in ("neg", "mult", "div")
        and depth < 6
        and any(_reduces(parent, depth + 1) for parent, _ in node.edges)
    )


def _is_learnt(total: Node, term: Node) -> bool:
    """`errors.mean() / width ** 2 + width.log()`: what is made of parameters alone, added to a number."""
    sources = [each.source for each in behind(term) if not each.edges]
    return total.op in ("add", "sub") and all(
        source is not None and source.role == "parameter" for source in sources
    )


def _plain(node: Node) -> bool:
    """Arithmetic on settings: `1 / budget`."""
    return all(p.source is not None and p.source.role in ("setting", "unknown") for p, _ in node.edges)


def is_control(node: Node, parent: Node) -> bool:
    return any(p is parent and gate is not None and gate.cause is Cause.BRANCH for p, gate in node.edges)
