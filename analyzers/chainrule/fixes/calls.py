"""Reading calls: one view of `torch.topk(x, k)`, `x.topk(k)` and `F.softmax(x, dim=1)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chainrule.names import Names

_PREFIXES = ("torch.nn.functional.", "torch.special.", "torch.linalg.", "torch.Tensor.", "torch.")


@dataclass(frozen=True, slots=True)
class Op:
    """A call of a torch function or of a method, as (name, operands).

    `operands` are the positional arguments with a method's receiver first, so that the tensor is
    operand 0 in both spellings. `dotted` is None for a method.
    """

    name: str
    node: ast.Call
    operands: tuple[ast.expr, ...]
    keywords: dict[str, ast.expr]
    dotted: str | None

    @property
    def tensor(self) -> ast.expr | None:
        """The first operand, also when it is given as `input=`."""
        return self.get(0, "input") or self.keywords.get("self")

    def get(self, position: int, *keywords: str) -> ast.expr | None:
        """The argument at an operand position or under one of the keywords."""
        if position < len(self.operands):
            return self.operands[position]
        return next((self.keywords[word] for word in keywords if word in self.keywords), None)

    def only(self, operands: int, *keywords: str) -> bool:
        """Whether there are at most this many operands, and no other keywords than these."""
        return len(self.operands) <= operands and set(self.keywords) <= set(keywords)


def op_of(node: ast.AST, names: Names) -> Op | None:
    """The operation a call makes; None for other nodes, `*args`, and calls of plain local names."""
    if not isinstance(node, ast.Call):
        return None
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
    if len(keywords) != len(node.keywords):
        return None
    dotted = names.resolve(node.func)
    if dotted is not None:
        for prefix in _PREFIXES:
            if dotted.startswith(prefix):
                return Op(dotted[len(prefix) :], node, tuple(node.args), keywords, dotted)
        return None
    if isinstance(node.func, ast.Attribute):
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("self", "cls"):
            return None  # a method of the user's object, whatever its name
        return Op(node.func.attr, node, (node.func.value, *node.args), keywords, None)
    return None


def integer(node: ast.expr | None) -> int | None:
    """The value of an integer literal, negative ones included."""
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return None


def number(node: ast.expr | None) -> float | None:
    """The value of a numeric literal, negative ones included."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            positive = number(inner)
            return None if positive is None else -positive
        case _:
            return None


def is_full_slice(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is None and node.step is None


_ATOMS = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.Constant,
    ast.List,
    ast.ListComp,
    ast.Dict,
    ast.Set,
    ast.JoinedStr,
)


def atom(node: ast.expr, text: str) -> str:
    """`text`, the source of `node`, fit to be followed by `.method()`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return f"({text})"
    return text if isinstance(node, _ATOMS) else f"({text})"


def operand(node: ast.expr, text: str) -> str:
    """`text`, the source of `node`, fit to be joined by an operator."""
    return text if isinstance(node, ast.Constant) else atom(node, text)


def argument(node: ast.expr, text: str) -> str:
    """`text`, the source of `node`, fit to be an argument among others."""
    return f"({text})" if isinstance(node, ast.Tuple | ast.NamedExpr | ast.GeneratorExp) else text
