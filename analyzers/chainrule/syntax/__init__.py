"""From text to trees: a file as a row of independently parsed top-level blocks."""

from chainrule.syntax.blocks import Block, code_of, parse_block, parses, split_blocks
from chainrule.syntax.positions import column_of, range_of
from chainrule.syntax.walking import alike, children, walk_tree

__all__ = [
    "Block",
    "alike",
    "children",
    "code_of",
    "column_of",
    "parse_block",
    "parses",
    "range_of",
    "split_blocks",
    "walk_tree",
]
