"""The agent runs in the user's interpreter, which may be as old as Python 3.9."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule.probe.interpreters import AGENT, OLDEST_PYTHON

FILES = sorted(AGENT.rglob("*.py"))


def evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run; annotations do not (`from __future__ import annotations`)."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from evaluated(child)


def is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ("int", "str", "float", "bool", "bytes", "list", "dict", "set", "tuple", "type")
    return isinstance(node, ast.Constant) and node.value is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(AGENT)))
def test_it_is_written_for_the_oldest_python(path: Path) -> None:
    _, minor = OLDEST_PYTHON.split(".")
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, int(minor)))
    unions = [
        node.lineno
        for node in evaluated(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
        if is_type(node.left) or is_type(node.right)
    ]
    assert not unions, f"lines {unions} join types with |, which Python 3.10 brought"
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _zips_strictly(node)]


def _zips_strictly(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "zip" and bool(node.keywords)
