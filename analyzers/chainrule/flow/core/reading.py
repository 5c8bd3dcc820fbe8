"""What stands in a block, read once: its calls and its plain assignments."""

from __future__ import annotations

import ast

from chainrule.syntax import Block, parse_block, walk_tree


def calls_in(block: Block) -> list[ast.Call]:
    """Every call in a block."""
    return _read(block)[0]


def assignments_in(block: Block) -> list[ast.Assign]:
    """Every plain assignment in a block."""
    return _read(block)[1]


def _read(block: Block) -> tuple[list[ast.Call], list[ast.Assign]]:
    """The calls and assignments in a block."""
    known = block.notes.get("calls")
    if not isinstance(known, tuple):
        nodes = list(walk_tree(parse_block(block)))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        known = block.notes["calls"] = calls, [node for node in nodes if isinstance(node, ast.Assign)]
    return known
