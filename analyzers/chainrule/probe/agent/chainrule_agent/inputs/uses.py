"""What an operator or a call says about the parameters that it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import torch

from .hints import Hints

TENSOR_ATTRIBUTES = frozenset(dir(torch.Tensor))
_SAME_SHAPE = frozenset(
    "float long detach clone contiguous to cpu cuda sigmoid softmax log_softmax exp log abs relu clamp double"
    " half type type_as data int bool requires_grad_ tanh logsigmoid cumsum".split()
)
_INDEX_ARGUMENT = {
    **dict.fromkeys(("gather", "index_select", "index_add"), 1),
    **dict.fromkeys(("scatter", "scatter_", "scatter_add", "scatter_add_"), 1),
    **dict.fromkeys(("take_along_dim", "take"), 0),
}
"""Methods of a tensor whose argument at this place holds indices (`torch.` functions have it one later)."""
_CLASS_TARGETS = frozenset("cross_entropy nll_loss multi_margin_loss".split())
_LONG_FIRST = frozenset("one_hot embedding bincount".split())
_SAME_SHAPES = frozenset(
    "mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div"
    " poisson_nll_loss sigmoid_focal_loss".split()
)
_RANKS = {"conv2d": 4, "max_pool2d": 4, "avg_pool2d": 4, "interpolate": 4, "grid_sample": 4, "unfold": 4,
          "adaptive_avg_pool2d": 4, "conv1d": 3, "conv3d": 5, "bmm": 3, "t": 2, "mm": 2, "cdist": 2,
          "pairwise_distance": 2, "diag": 2, "pixel_shuffle": 4, "fft2": 4, "rfft2": 4}  # fmt: skip


class Uses(ast.NodeVisitor):
    """Reads operators and calls. `hints` are those of the parameters, `names` those of every name that now
    stands for a parameter or a part of one."""

    def __init__(self, parameters: Sequence[str], owner: str) -> None:
        self.owner = owner
        self.hints = {name: Hints() for name in parameters}
        self.names: dict[str, Hints] = dict(self.hints)

    def follow(self, name: str, node: ast.Call, skip: int) -> None:
        """A call of something with that name; `skip` parameters of it are bound already."""
        raise NotImplementedError

    def of(self, node: ast.AST) -> Hints | None:
        """The hints of the parameter that an expression is, shape-preserving methods looked through."""
        while isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_SHAPE:
                root = node.func.value
                is_function = (isinstance(root, ast.Name) and root.id in ("torch", "F")) or _is_torch(root)
                if is_function and not node.args:
                    return None
                node = node.args[0] if is_function else root
            else:
                return None
        if isinstance(node, ast.Attribute) and node.attr == "data":
            node = node.value
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            holder = self.of(node.value)
            return holder.part(node.slice.value) if holder is not None else None
        if isinstance(node, ast.Attribute) and node.attr not in TENSOR_ATTRIBUTES:
            holder = self.of(node.value) if isinstance(node.value, ast.Name) else None
            return holder.part(node.attr) if holder is not None else None
        return self.names.get(node.id) if isinstance(node, ast.Name) else None

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self.generic_visit(node)
        if isinstance(node.op, ast.Invert) and (hints := self.of(node.operand)):
            hints.boolean = True

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.generic_visit(node)
        left, right = self.of(node.left), self.of(node.right)
        for hints in (left, right):
            if hints is not None:
                hints.tensor = True
        if isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            for hints in (left, right):
                if hints is not None:
                    hints.boolean = True
        elif isinstance(node.op, ast.MatMult):
            for hints in (left, right):
                if hints is not None:
                    hints.need(1)
        elif left is not None and right is not None:
            left.same_as.update(n for n, h in self.hints.items() if h is right)

    def visit_Compare(self, node: ast.Compare) -> None:
        self.generic_visit(node)
        text = ast.unparse(node.left)
        if isinstance(node.left, ast.Name) and isinstance(
            node.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
        ):
            self._options(node.left, node.comparators[0])
        rank = re.match(r"(?:len\((\w+)\.shape\)|(\w+)\.(?:dim\(\)|ndim|ndimension\(\)))$", text)
        if (
            rank
            and isinstance(node.comparators[0], ast.Constant)
            and isinstance(node.comparators[0].value, int)
        ):
            hints = self.names.get(rank.group(1) or rank.group(2))
            if hints is not None and isinstance(node.ops[0], ast.Eq):
                hints.rank = hints.rank or node.comparators[0].value

    def _options(self, name: ast.Name, compared: ast.expr) -> None:
        """`kind == "l1"`, `mode in (SUM, MEAN)`, `dim in [2, 3]`: numbers only where there is a choice."""
        hints = self.names.get(name.id)
        if hints is None:
            return
        several = compared.elts if isinstance(compared, (ast.List, ast.Tuple, ast.Set)) else [compared]
        kinds = (str,) if len(several) < 2 else (str, int, float)
        for option in several:
            constant = isinstance(option, ast.Constant) and type(option.value) in kinds
            if constant or (isinstance(option, ast.Name) and option.id.isupper()):
                hints.options[ast.unparse(option)] = None

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        func = node.func
        for argument in [*node.args, *(k.value for k in node.keywords)]:
            if (
                isinstance(argument, ast.Name)
                and isinstance(func, ast.Attribute)
                and (hints := self.of(argument))
            ):
                hints.tensor = hints.tensor or (_is_torch(func.value) and func.attr not in ("stack", "cat"))
        if isinstance(func, ast.Name):
            if hints := self.names.get(func.id):
                hints.called = True
            if func.id == "range" and node.args and (hints := self.of(node.args[-1])):
                hints.integer = True
            self.follow(func.id, node, 0)
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        if isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id == "self":
                self.follow(f"{self.owner}.{name}", node, 1)
            self._method(func, name, node)
        functional = [self.of(a) for a in node.args]
        if name in _CLASS_TARGETS and len(functional) > 1 and functional[1] is not None:
            functional[1].class_index = functional[1].long = True
        if name in _LONG_FIRST and functional and functional[0] is not None:
            functional[0].long = functional[0].class_index = True
        if name in ("binary_cross_entropy", "BCELoss") and functional and functional[0] is not None:
            functional[0].unit = True
        if (
            name in _SAME_SHAPES
            and len(functional) > 1
            and functional[0] is not None
            and functional[1] is not None
        ):
            functional[0].same_as.update(n for n, h in self.hints.items() if h is functional[1])
        if name in _RANKS and functional and functional[0] is not None:
            functional[0].rank = functional[0].rank or _RANKS[name]
        if (
            name in ("where", "masked_select")
            and functional
            and functional[0] is not None
            and name == "where"
        ):
            functional[0].boolean = True
        if name in _INDEX_ARGUMENT and isinstance(func, ast.Attribute) and _is_torch(func.value):
            at = _INDEX_ARGUMENT[name] + 1
            if len(functional) > at and functional[at] is not None:
                functional[at].long = True  # type: ignore[union-attr]
        if name == "einsum":
            self._einsum(node)
        for keyword in node.keywords:
            if keyword.arg == "dim" and functional and functional[0] is not None:
                _need_dim(functional[0], keyword.value)

    def _method(self, func: ast.Attribute, name: str, node: ast.Call) -> None:
        arguments = [self.of(a) for a in node.args]
        if name in _INDEX_ARGUMENT and len(arguments) > _INDEX_ARGUMENT[name] and not _is_torch(func.value):
            if (index := arguments[_INDEX_ARGUMENT[name]]) is not None:
                index.long = True
        if (
            name in ("masked_fill", "masked_fill_", "masked_select")
            and arguments
            and arguments[0] is not None
        ):
            arguments[0].boolean = True
        base = self.of(func.value)
        if base is None:
            return
        if name == "permute":
            base.rank = len(node.args) if len(node.args) > 1 else base.rank
        elif name in (
            "size",
            "sum",
            "mean",
            "max",
            "min",
            "argmax",
            "softmax",
            "log_softmax",
            "norm",
            "cumsum",
        ):
            if node.args:
                _need_dim(base, node.args[0])
        elif name in ("transpose", "select"):
            for argument in node.args[:2]:
                _need_dim(base, argument)
        elif name in _RANKS:
            base.rank = base.rank or _RANKS[name]
        for keyword in node.keywords:
            if keyword.arg == "dim":
                _need_dim(base, keyword.value)

    def _einsum(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and "..." not in first.value:
            terms = first.value.replace(" ", "").split("->")[0].split(",")
            for term, argument in zip(terms, node.args[1:]):
                if hints := self.of(argument):
                    hints.rank = len(term)


def _need_dim(hints: Hints, node: ast.expr) -> None:
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        if isinstance(node.operand.value, int):
            hints.need(node.operand.value)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        hints.need(node.value + 1)
    elif isinstance(node, (ast.Tuple, ast.List)):
        for part in node.elts:
            _need_dim(hints, part)


def _is_torch(node: ast.AST) -> bool:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return bool(names & {"torch", "F", "nn", "functional"}) and not any(
        isinstance(n, ast.Call) for n in ast.walk(node)
    )
