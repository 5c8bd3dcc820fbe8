"""The chain rule on the text of a Function's forward: the gradient of one input, in backward's names."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from chainrule.fixes.calls import operand
from chainrule.syntax import walk_tree

_SLOPES = {
    "square": "2 * {0}",
    "abs": "{0}.sign()",
    "relu": "({0} > 0)",
    "sin": "{0}.cos()",
    "cos": "-{0}.sin()",
    "tanh": "(1 - {0}.tanh() ** 2)",
    "sigmoid": "{0}.sigmoid() * (1 - {0}.sigmoid())",
    "sqrt": "0.5 * {0}.rsqrt()",
    "log1p": "1 / (1 + {0})",
}
"""Derivatives of functions of one argument, in the text of that argument."""

_BY_RESULT = {"tanh": "(1 - {0} ** 2)", "sigmoid": "{0} * (1 - {0})", "sqrt": "0.5 / {0}"}
"""Those that backward computes from the result, where it has that."""


def gradient_of(
    node: ast.expr, wanted: str, incoming: str, values: Mapping[str, ast.expr], known: Mapping[str, str]
) -> str:
    """The text of d(node)/d(wanted) times `incoming`; "" where this can't tell.

    `values` are what forward binds its names to, `known` the texts that backward has for forward's names.
    Shapes may still have to be summed over what was broadcast.
    """
    flat = {"t", "T"} & {n.attr for n in walk_tree(node) if isinstance(n, ast.Attribute)}
    return _Chain(wanted, values, known, bool(flat)).of(node, incoming)


class _Chain:
    """`matrices`: the factors of a product have two dimensions for certain."""

    def __init__(
        self, wanted: str, values: Mapping[str, ast.expr], known: Mapping[str, str], matrices: bool
    ) -> None:
        self.wanted = wanted
        self.matrices = matrices
        self.values = values
        self.known = known

    def of(self, node: ast.expr, incoming: str) -> str:
        """The text of `incoming` times the derivative of an expression; "" where that is not known."""
        match node:
            case ast.Name(id=name):
                if name == self.wanted:
                    return incoming
                return self.of(self.values[name], incoming) if name in self.values else ""
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.of(inner, f"-({incoming})")
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(left, op, right, incoming)
            case (
                ast.Call(func=ast.Attribute(attr="exp"), args=args)
                | ast.Call(func=ast.Name(id="exp"), args=args)
            ):
                given, value = self._argument(node, args), self._text(node)
                return self.of(given, f"({incoming}) * {value}") if given is not None and value else ""
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in _SLOPES:
                given = self._argument(node, args)
                value = self._text(given) if given is not None else ""
                own = self._kept(node) if name in _BY_RESULT else ""
                slope = _BY_RESULT[name].format(own) if own else _SLOPES[name].format(value)
                value = own or value
                return self.of(given, f"({incoming}) * {slope}") if given is not None and value else ""
            case ast.Call(func=ast.Attribute(attr="log"), args=args):
                given = self._argument(node, args)
                value = self._text(given) if given is not None else ""
                return self.of(given, f"({incoming}) / {value}") if given is not None and value else ""
            case (
                ast.Call(func=ast.Attribute(value=turned, attr="t"), args=[])
                | ast.Attribute(value=turned, attr="T")
            ):
                return self.of(turned, f"({incoming}).t()")
            case _:
                return ""

    def _operation(self, left: ast.expr, op: ast.operator, right: ast.expr, incoming: str) -> str:
        in_left, in_right = self._holds(left), self._holds(right)
        if in_left == in_right:
            return ""
        inner, other = (left, right) if in_left else (right, left)
        text = self._text(other)
        match op:
            case ast.Add():
                return self.of(inner, incoming)
            case ast.Sub():
                return self.of(inner, incoming if in_left else f"-({incoming})")
            case ast.Mult():
                return self.of(inner, f"({incoming}) * {text}") if text else ""
            case ast.Div() if in_left:
                return self.of(inner, f"({incoming}) / {text}") if text else ""
            case ast.Div():
                value = self._text(inner)
                return self.of(inner, f"-({incoming}) * {text} / {value} ** 2") if text and value else ""
            case ast.Pow() if in_left and isinstance(other, ast.Constant) and isinstance(other.value, int):
                value, power = self._text(inner), other.value
                slope = f"{power} * {value}" + (f" ** {power - 1}" if power != 2 else "")
                return self.of(inner, f"({incoming}) * {slope}") if value and power > 1 else ""
            case ast.MatMult():
                if not text:
                    return ""
                rows = "" if self.matrices else ".flatten(0, -2)"
                turned = (f"{text}{rows}.t()", f"{incoming}{rows}")
                before, after = (incoming, f"{text}.t()") if in_left else turned
                return self.of(inner, f"{before} @ {after}")
            case _:
                return ""

    def _holds(self, node: ast.expr) -> bool:
        """Whether the wanted input is in an expression, or in what its names stand for."""
        for each in walk_tree(node):
            if isinstance(each, ast.Name):
                if each.id == self.wanted:
                    return True
                if each.id in self.values and self._holds(self.values[each.id]):
                    return True
        return False

    def _argument(self, call: ast.Call, args: list[ast.expr]) -> ast.expr | None:
        if len(args) == 1:
            return args[0]
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        return receiver if not args else None

    def _kept(self, node: ast.expr) -> str:
        """What backward calls a value that forward gives a name and saves; "" for others."""
        for name, value in self.values.items():
            if name in self.known and ast.dump(value) == ast.dump(node):
                return self.known[name]
        return ""

    def _text(self, node: ast.expr) -> str:
        """A factor in backward's names; "" where backward does not have it."""
        if kept := self._kept(node):
            return kept
        match node:
            case ast.Name(id=name):
                return self.known.get(name, "")
            case ast.Constant(value=int() | float()):
                return ast.unparse(node)
            case (
                ast.Call(func=ast.Attribute(value=inner, attr="t"), args=[])
                | ast.Attribute(value=inner, attr="T")
            ):
                text = self._text(inner)
                return f"{text}.t()" if text else ""
            case ast.BinOp() | ast.UnaryOp() | ast.Call():
                renamed = _Renamed(self.known).visit(ast.parse(ast.unparse(node), mode="eval").body)
                missing = (
                    {n.id for n in walk_tree(node) if isinstance(n, ast.Name)} - set(self.known) - {"torch"}
                )
                return "" if missing else operand(node, ast.unparse(renamed))
            case _:
                return ""


class _Renamed(ast.NodeTransformer):
    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.known:
            return ast.parse(self.known[node.id], mode="eval").body
        return node
