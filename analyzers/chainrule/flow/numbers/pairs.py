"""Pairs of each element of a set with each: an element and itself are 0 apart, whatever the data.

What is selected afterwards, off the diagonal or above it, changes nothing: the derivative at the diagonal is
infinite, and the zero that the selection sends back there makes it NaN. `cdist` stops the NaN; `norm`, which
has a slope of 0 there by definition, stops only what is finite.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.conditions import unviewed
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.syntax import walk_tree

# What is 0 where its operand is.
_KEEPS = frozenset(("pow", "square", "abs", "sqrt", "mult", "mul", "neg", "float", "double", "to"))
_LENGTHS = frozenset(("sum", "mean"))
_NORMS = frozenset(("norm", "vector_norm"))
_SPREADS = frozenset(("expand", "expand_as", "repeat"))
# A vector's elements are its last dimension; behind the two of the pairs.
_LAST = frozenset(("-1", "2", "3"))
_TRIANGLES = frozenset(("triu_indices", "tril_indices"))


def paired_with_itself(node: Node) -> bool:
    """Whether `node` holds the distances (or differences) between all pairs of one set, itself included."""
    reduced = False
    while node.edges:
        if node.op == "sub":
            return len(node.edges) == 2 and is_crossed(node.edges[0][0], node.edges[1][0])
        if any(parent is not node.edges[0][0] for parent, _ in node.edges):
            return False
        if node.op in _LENGTHS | _NORMS and not reduced and _reduces_vectors(node.at, node.op in _NORMS):
            reduced = True
        elif node.op not in _KEEPS:
            return False
        node = node.edges[0][0]
    return False


def pairs_others(interp: Interpreter, node: Node) -> bool:
    """Whether `node` holds distances between elements of one set, none of them to itself.

    Two elements can be equal, as any two numbers can; that is no state which a loss must accept.
    """
    while node.edges and node.op != "sub":
        if _is_off_diagonal(node):
            return True
        if node.op not in _KEEPS | _LENGTHS or any(
            parent is not node.edges[0][0] for parent, _ in node.edges
        ):
            return False
        node = node.edges[0][0]
    sides = [parent for parent, _ in node.edges]
    if len(sides) != 2:
        return len(sides) == 1 and _draws_pairs(interp, node.at)
    if not all(side.edges for side in sides) or sides[0].edges[0][0] is not sides[1].edges[0][0]:
        return False
    return all(map(_is_off_diagonal, sides)) or _draws_pairs(interp, node.at, *sides)


def _is_off_diagonal(node: Node) -> bool:
    """`d[i, j]`, `x[i]` of the indices of a triangle without its diagonal."""
    return node.op == "index" and any(
        gate is not None and gate.cause is None and _leaves_out_diagonal(index) for index, gate in node.edges
    )


def _leaves_out_diagonal(index: Node) -> bool:
    while index.op in ("select", "unbind") and index.edges:
        index = index.edges[0][0]
    at = index.at
    if index.op == "combinations":
        return isinstance(at, ast.Call) and all(each.arg != "with_replacement" for each in at.keywords)
    if index.op in _TRIANGLES and isinstance(at, ast.Call):
        offset = [each.value for each in at.keywords if each.arg == "offset"] or at.args[2:3]
        return bool(offset) and ast.unparse(offset[0]) != "0"
    if index.op in ("where", "nonzero") and index.edges:
        index = index.edges[0][0]
        return index.op == "not" and index.edges[0][0].op == "eye"
    return False


def _draws_pairs(interp: Interpreter, difference: ast.AST, *sides: Node) -> bool:
    """Whether the names in `x[i] - x[j]`, `a - b` are those of two different elements."""
    names = {name for side in sides for name in _names(side.at)}
    if isinstance(difference, ast.BinOp):
        names |= {*_names(difference.left), *_names(difference.right)}
    return any(
        _differ(each, names)
        for frame in interp.frames
        if frame.function is not None
        for each in walk_tree(frame.function)
    )


def _names(at: ast.AST) -> Iterator[str]:
    if isinstance(at, ast.Subscript):
        at = at.slice
    if isinstance(at, ast.Name):
        yield at.id


def _differ(each: ast.AST, names: set[str]) -> bool:
    """`for i, j in combinations(…)`, `for j in range(i + 1, n)`, `if i != j`, for two of `names`."""
    if isinstance(each, (ast.For, ast.comprehension)) and isinstance(each.iter, ast.Call):
        call = ast.unparse(each.iter)
        if isinstance(each.target, ast.Name):
            first, _, rest = call.partition(" + 1, ")
            return each.target.id in names and bool(rest) and first.removeprefix("range(") in names
        chosen = {part.id for part in walk_tree(each.target) if isinstance(part, ast.Name)}
        drawn = call.partition("(")[0].rpartition(".")[2] in ("combinations", "permutations")
        return drawn and len(chosen & names) > 1
    if isinstance(each, ast.Compare) and isinstance(each.ops[0], (ast.NotEq, ast.Eq, ast.Is, ast.IsNot)):
        asked = {part.id for part in (each.left, *each.comparators) if isinstance(part, ast.Name)}
        return len(asked & names) > 1
    return False


def is_crossed(one: Node, other: Node) -> bool:
    """`x[:, None]` and `x[None]`: the same tensor, spread in two ways."""
    if one is other or one.at is other.at:
        return False
    return unspread(one) is unspread(other)


def unspread(node: Node) -> Node:
    """`x` of `x[:, None]`, `x.unsqueeze(0).expand(n, n)`."""
    while True:
        seen = unviewed(node)
        if seen.op in _SPREADS and seen.edges:
            seen = seen.edges[0][0]
        if seen is node:
            return node
        node = seen


def _reduces_vectors(at: ast.AST, named_only: bool = False) -> bool:
    """Whether a call reduces the last dimension, and does not keep it to divide by: `.sum(-1)`.

    `named_only`: its last argument is another number, the order of a norm.
    """
    if not isinstance(at, ast.Call) or any(keyword.arg == "keepdim" for keyword in at.keywords):
        return False
    named = [keyword.value for keyword in at.keywords if keyword.arg in ("dim", "axis")]
    dims = named or ([] if named_only else at.args[-1:])
    return bool(dims) and ast.unparse(dims[0]) in _LAST
