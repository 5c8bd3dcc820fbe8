"""Which operator stands at a place in a text, for whoever wants to explain it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Position, Range
from chainrule.names.imports import Names
from chainrule.syntax import Block, parse_block, range_of, split_blocks, walk_tree

_SYMBOLS: dict[type[ast.AST], str] = {
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def operator_at(text: str, place: Position) -> tuple[str, Range] | None:
    """The operator's name as `gradient_facts.lookup` takes it, and where it is written; None at other places.

    An attribute of what no import binds counts as a method of a tensor (`Tensor.round`), in files that
    import torch.
    """
    blocks = split_blocks(text)
    names = Names()
    for block in blocks:
        if "import" in block.text:
            names.add(parse_block(block).body)
    for block in blocks:
        height = block.text.count("\n") + 1
        if block.start < place.line <= block.start + height:
            for name, where in _operators(block, names):
                if where.start <= place <= where.end:
                    return name, where
    return None


def _operators(block: Block, names: Names) -> Iterator[tuple[str, Range]]:
    lines = block.text.split("\n")
    for node in walk_tree(parse_block(block)):
        if isinstance(node, ast.Attribute | ast.Name):
            name = names.resolve(node)
            if name is None and isinstance(node, ast.Attribute) and _imports_torch(names):
                name = None if names.resolve(node.value) else f"Tensor.{node.attr}"
            if name is not None:
                whole = range_of(node, lines, block.start)
                yield name, _last_name(node, whole)
        elif isinstance(node, ast.BinOp) and type(node.op) in _SYMBOLS:
            yield _SYMBOLS[type(node.op)], _between(node.left, node.right, lines, block)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _SYMBOLS:
            yield _SYMBOLS[type(node.ops[0])], _between(node.left, node.comparators[0], lines, block)


def _imports_torch(names: Names) -> bool:
    return any(target.partition(".")[0] == "torch" for target in (*names.bound.values(), *names.stars))


def _last_name(node: ast.Attribute | ast.Name, whole: Range) -> Range:
    """Of `torch.nn.functional.relu`, the place of `relu`."""
    length = len(node.attr if isinstance(node, ast.Attribute) else node.id)
    return Range(Position(whole.end.line, whole.end.column - length), whole.end)


def _between(left: ast.expr, right: ast.expr, lines: list[str], block: Block) -> Range:
    """Where the sign between two operands is written, with the space and the parentheses around it."""
    start = range_of(left, lines, block.start).end
    return Range(start, range_of(right, lines, block.start).start)
