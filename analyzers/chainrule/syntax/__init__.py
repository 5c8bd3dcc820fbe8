"""From text to trees: a file as a row of independently parsed top-level blocks."""

from chainrule.syntax.blocks import Block, parse_block, parses, split_blocks
from chainrule.syntax.positions import column_of, range_of
from chainrule.syntax.walking import children

__all__ = ["Block", "children", "column_of", "parse_block", "parses", "range_of", "split_blocks"]
