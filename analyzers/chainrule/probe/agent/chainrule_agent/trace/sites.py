"""The places of a program that report their values, and how to read them off its syntax tree."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

FRAME = "_chainrule_frame"
ENTER = "_chainrule_enter"
BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Site:
    """One expression or statement. `line` and `column` are 1-based, in characters."""

    kind: str
    path: str
    line: int
    column: int
    op: str
    children: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    receiver: int | None = None
    owner: int | None = None
    function: str = ""


def site_of(node: ast.AST) -> int | None:
    number: int | None = getattr(node, "chainrule_site", None)
    return number


def sites_in(node: ast.AST) -> list[int]:
    """The sites directly below an expression (through starred arguments, slices and keywords)."""
    own = site_of(node)
    if own is not None:
        return [own]
    return [n for child in ast.iter_child_nodes(node) for n in sites_in(child)]


def names_of(target: ast.expr) -> list[str]:
    """The variables that a target binds: not the `self` of `a, self.b = …`."""
    if isinstance(target, ast.Name):
        return [] if target.id == FRAME else [target.id]
    if isinstance(target, ast.Starred):
        return names_of(target.value)
    return [n for e in target.elts for n in names_of(e)] if isinstance(target, (ast.Tuple, ast.List)) else []


def tuple_of(names: Sequence[str]) -> ast.expr:
    return ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load())


def dotted(func: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(func, ast.Attribute):
        parts.append(func.attr)
        func = func.value
    if isinstance(func, ast.Name):
        return ".".join([func.id, *reversed(parts)])
    return "." + ".".join(reversed(parts)) if parts else "call"


def is_module_path(op: str) -> bool:
    return op.partition(".")[0] in ("torch", "F", "nn", "np", "numpy", "math", "autograd", "functional")


SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.USub: "-", ast.UAdd: "+", ast.Not: "not",
    ast.Invert: "~",
}  # fmt: skip
