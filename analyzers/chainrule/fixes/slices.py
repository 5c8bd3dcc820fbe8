"""What an expression is computed from, in the text of one function: how two breaks lie to each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.usage import Scope, parents_of, scope_of
from chainrule.flow.core.trace import Break
from chainrule.syntax import children, parse_block, walk_tree

_OF_SHAPE = frozenset({"shape", "size", "numel", "dim", "ndim", "device", "dtype"})


def are_factors(found: Break, other: Break) -> bool:
    """Whether one of two breaks is in the left and one in the right factor of a product, or of a quotient."""
    way = _Slice.around(found, other)
    if way is None:
        return False
    return any(way.holds(rest, other.at) for rest in way.factors_beside(found.at, other.at))


def is_weight(found: Break) -> bool:
    """Whether a break is in one factor of a product, or of a quotient, and its sources also in the other."""
    way = _Slice.around(found, found)
    return way is not None and any(
        way.reads(rest, found, None) for rest in way.factors_beside(found.at, found.at)
    )


def is_beside(found: Break, other: Break) -> bool:
    """Whether what the other break cuts holds this one, and the same sources on another way too."""
    if isinstance(other.at, ast.AST) and any(node is found.at for node in walk_tree(other.at)):
        return True
    way = _Slice.around(found, other)
    if way is None or not isinstance(other.at, ast.expr) or not way.holds(other.at, found.at):
        return False
    return way.reads(other.at, found, found.at)


class _Slice:
    """The expressions that a value is computed from, through the names of one function."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @classmethod
    def around(cls, found: Break, other: Break) -> _Slice | None:
        """The slices of the function that two breaks are in."""
        if found.block is not other.block:
            return None
        tree = parse_block(found.block)
        parents = parents_of(tree)
        here: ast.AST | None = found.at if isinstance(found.at, ast.AST) else None
        while here is not None and not isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef):
            here = parents.get(here)
        function = here if isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef) else None
        if function is None or all(node is not other.at for node in walk_tree(function)):
            return None
        return cls(scope_of(function))

    def holds(self, node: ast.expr, at: object) -> bool:
        """Whether an expression is computed from another, or under the block that is meant by it."""
        return any(each is at for each in self._parts(node, None))

    def reads(self, node: ast.expr, found: Break, without: object) -> bool:
        """Whether an expression is computed from a break's sources on ways that leave `without` out."""
        wanted = {source.name for source in found.sources}
        read = (each for each in self._parts(node, without) if isinstance(each, ast.Name | ast.Attribute))
        return any(name == n or name.startswith(f"{n}.") for n in map(ast.unparse, read) for name in wanted)

    def factors_beside(self, at: object, other: object) -> Iterator[ast.expr]:
        """The other factors of the products that have `at` in one of theirs, and `other` not beside it."""
        for node in walk_tree(self.scope.node):
            match node:
                case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
                    sides = [(left, right), (right, left)]
                case _:
                    continue
            for one, rest in sides:
                held = self.holds(one, at) and not self.holds(rest, at)
                if held and (other is at or not self.holds(one, other)):
                    yield rest

    def _parts(self, node: ast.expr, without: object) -> Iterator[ast.AST]:
        """What an expression consists of, what its names were given, and the blocks in which they were."""
        pending: list[ast.AST] = [node]
        seen: set[int] = set()
        while pending:
            each = pending.pop()
            if id(each) in seen or each is without:
                continue
            seen.add(id(each))
            yield each
            if _is_of_shape(each):
                continue
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                for binding in self.scope.bindings.get(each.id, ()):
                    blocks = [b for b in self.scope.ancestors(binding.statement) if isinstance(b, ast.With)]
                    switches = [part for block in blocks for part in (block, *_contexts(block))]
                    if binding.value is None or any(part is without for part in switches):
                        continue
                    yield from switches
                    pending.append(binding.value)
            else:
                pending += children(each)


def _is_of_shape(node: ast.AST) -> bool:
    """Whether an expression asks a tensor for what has no gradient to begin with: its shape, its dtype."""
    match node:
        case ast.Attribute(attr=name):
            return name in _OF_SHAPE
        case ast.Call(func=ast.Name(id="len" | "range")):
            return True
        case _:
            return False


def _contexts(block: ast.With) -> Iterator[ast.AST]:
    for item in block.items:
        yield item
        yield item.context_expr
