"""Cut a module down to what one loss needs, with every line where it was.

Kept: the imports, definitions and constants that the loss reaches by name, and the global modes of torch
that change gradients. Left out: training loops, data loading, prints, distributed set-up. What is left out
becomes empty lines, so that tracebacks and traces name the true lines; a syntax error in what is left out
does not matter.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from chainrule.probe.registries import Registries
from chainrule.probe.slicing_names import bound_names, sets_up, stored_names, used_names
from chainrule.syntax import parse_block, split_blocks, walk_tree

_MODES = re.compile(
    r"\b(set_grad_enabled|_set_grad_enabled|set_default_dtype|set_default_device|set_default_tensor_type"
    r"|set_detect_anomaly|(no_grad|inference_mode|enable_grad)\(.*\)\.__enter__)\b"
)
"""Calls at module level that change every gradient after them."""

_TRAINS = frozenset(("backward", "step", "zero_grad", "fit"))
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, eq=False)
class Statement:
    """One top-level statement. Lines are 1-based and inclusive, decorators included."""

    node: ast.stmt
    first: int
    last: int
    text: str

    @cached_property
    def binds(self) -> frozenset[str]:
        return bound_names(self.node)

    @cached_property
    def uses(self) -> frozenset[str]:
        """The names that it reads; asked of few, since to find them costs more than to parse."""
        return used_names(self.node)


@lru_cache(maxsize=2)  # several questions are asked about one version of a file
def statements(text: str) -> tuple[Statement, ...]:
    """The top-level statements of a file; those that do not parse are recovered line by line."""
    found: list[Statement] = []
    lines = text.split("\n")
    for block in split_blocks(text):
        for node in parse_block(block).body:
            ast.increment_lineno(node, block.start)
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            last = node.end_lineno or node.lineno
            found.append(Statement(node, first, last, "\n".join(lines[first - 1 : last])))
    return tuple(found)


def slice_source(text: str, needed: Iterable[str]) -> str:
    """The lines of `text` that the names in `needed` depend on; the other lines are empty.

    The result has as many lines as `text`.
    """
    every = statements(text)
    keep = [s for s in every if _always(s)]
    wanted = set(needed) | {name for s in keep for name in s.uses}
    registries = Registries(every)
    while True:
        more = [
            s for s in every if s not in keep and (_serves(s, wanted) or registries.fills(s.node, wanted))
        ]
        if not more:
            break
        keep += more
        for statement in more:
            wanted |= statement.uses
    unbound = wanted - {name for s in keep for name in s.binds} - _BUILTINS
    if unbound:
        keep += [s for s in every if isinstance(s.node, ast.ImportFrom) and s.node.names[0].name == "*"]
    kept = {line for s in keep for line in range(s.first, s.last + 1)}
    lines = text.split("\n")
    return "\n".join(_tame(line) if number in kept else "" for number, line in enumerate(lines, 1))


def configuration_names(text: str) -> set[str]:
    """Dataclasses and classes named like configurations: constructors take them without naming them."""
    found: set[str] = set()
    for statement in statements(text):
        node = statement.node
        if isinstance(node, ast.ClassDef):
            decorators = " ".join(ast.unparse(d) for d in node.decorator_list)
            if "dataclass" in decorators or re.search(
                r"(Config|Cfg|Args|Params|Options|Settings)$", node.name
            ):
                found.add(node.name)
    return found


def _always(statement: Statement) -> bool:
    node = statement.node
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    return isinstance(node, (ast.Expr, ast.Assign)) and bool(_MODES.search(statement.text))


def _serves(statement: Statement, wanted: set[str]) -> bool:
    """Whether the statement defines, or finishes setting up, a wanted name."""
    node = statement.node
    if is_main_guard(node):
        return False
    if isinstance(node, (ast.For, ast.While, ast.AsyncFor)) and _trains(node):
        return False
    if statement.binds & wanted:
        return True
    if isinstance(node, ast.Expr):
        return sets_up(node.value, wanted)
    if isinstance(node, (ast.For, ast.While, ast.With, ast.If)):
        inner = [n for n in walk_tree(node) if isinstance(n, (ast.Expr, ast.Assign, ast.AugAssign))]
        return any(
            stored_names(n) & wanted or (isinstance(n, ast.Expr) and sets_up(n.value, wanted)) for n in inner
        )
    return bool(stored_names(node) & wanted)


def _trains(node: ast.AST) -> bool:
    calls = (n.func for n in walk_tree(node) if isinstance(n, ast.Call))
    return any(isinstance(f, ast.Attribute) and f.attr in _TRAINS for f in calls)


def _tame(line: str) -> str:
    """Arguments that the loss reads from the command line get their defaults."""
    return re.sub(r"\.(parse_args|parse_known_args|parse_intermixed_args)\(\s*\)", r".\1([])", line)


def is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in walk_tree(node.test)
    )
