"""Changed copies of a library file, each with one expression or statement that loses the gradient."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

WRAPPINGS: dict[str, Callable[[str], str]] = {
    "detach": lambda e: f"({e}).detach()",
    "data": lambda e: f"({e}).data",
    "item": lambda e: f"({e}).item()",
    "float": lambda e: f"float({e})",
    "compare": lambda e: f"(({e}) > 0).float()",
    "round": lambda e: f"torch.round({e})",
    "sign": lambda e: f"({e}).sign()",
    "integer": lambda e: f"({e}).long()",
    "numpy": lambda e: f"torch.from_numpy(({e}).detach().cpu().numpy())",
    "rebuild": lambda e: f"torch.tensor({e})",
    "argmax": lambda e: f"({e}).argmax(-1)",
    "argsort": lambda e: f"({e}).argsort(-1).float()",
}
NO_GRAD = "no_grad"
WATCH = "_watched_value"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed library file; lines are 1-based, `last` inclusive, in the changed text.

    `watched` is the original with `WATCH(...)` around what is changed, empty where that is a statement.
    """

    path: str
    qualname: str
    kind: str
    text: str
    first: int
    last: int
    watched: str = ""


def mutants(path: str, qualname: str, chance: random.Random) -> Iterator[Mutant]:
    """Mutants of one function, in random order."""
    text = Path(path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    function = _find(tree, qualname)
    if function is None or any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function)):
        return
    places = [(node, kind) for node in _expressions(function) for kind in WRAPPINGS]
    places += [(node, NO_GRAD) for node in function.body if isinstance(node, (ast.Assign, ast.AugAssign))]
    chance.shuffle(places)
    imports_torch = "\nimport torch\n" in f"\n{text}"
    for node, kind in places:
        if kind in ("round", "numpy", "rebuild", NO_GRAD) and not imports_torch:
            continue
        changed = _suspend(text, node) if kind == NO_GRAD else _wrap(text, node, WRAPPINGS[kind])
        if changed is not None:
            extra = 1 if kind == NO_GRAD else 0
            last = (node.end_lineno or node.lineno) + extra
            watched = None if kind == NO_GRAD else _wrap(text, node, lambda e: f"{WATCH}({e})")
            yield Mutant(path, qualname, kind, changed, node.lineno, last, watched or "")


def _find(tree: ast.Module, qualname: str) -> ast.FunctionDef | None:
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for name in qualname.split("."):
        found = next(
            (s for s in body if isinstance(s, (ast.FunctionDef, ast.ClassDef)) and s.name == name), None
        )
        if found is None:
            return None
        body = found.body
    return found if isinstance(found, ast.FunctionDef) else None


def _expressions(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Values that are assigned, returned, passed or computed with."""
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and node.value is not None:
                yield node.value
            elif isinstance(node, ast.BinOp):
                yield from (node.left, node.right)
            elif isinstance(node, ast.Call):
                yield from (
                    a for a in node.args if not isinstance(a, (ast.Starred, ast.Constant, ast.GeneratorExp))
                )


def _offset(lines: list[str], line: int, column: int) -> int:
    """Character index of an ast position (its columns are UTF-8 bytes)."""
    before = sum(len(each) + 1 for each in lines[: line - 1])
    return before + len(lines[line - 1].encode()[:column].decode())


def _wrap(text: str, node: ast.expr, wrapping: Callable[[str], str]) -> str | None:
    lines = text.split("\n")
    start = _offset(lines, node.lineno, node.col_offset)
    end = _offset(lines, node.end_lineno or node.lineno, node.end_col_offset or 0)
    return _if_valid(text[:start] + wrapping(text[start:end]) + text[end:])


def _suspend(text: str, node: ast.stmt) -> str | None:
    lines = text.split("\n")
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    inner = ["    " + line if line.strip() else line for line in lines[first:last]]
    return _if_valid("\n".join([*lines[:first], f"{indent}with torch.no_grad():", *inner, *lines[last:]]))


def _if_valid(text: str) -> str | None:
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text
