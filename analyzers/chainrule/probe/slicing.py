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
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chainrule.syntax import parse_block, split_blocks

_MODES = re.compile(
    r"\b(set_grad_enabled|_set_grad_enabled|set_default_dtype|set_default_device|set_default_tensor_type"
    r"|set_detect_anomaly|(no_grad|inference_mode|enable_grad)\(.*\)\.__enter__)\b"
)
"""Calls at module level that change every gradient after them."""

_SETS_UP = re.compile(
    r"^(append|extend|insert|add|update|setdefault|register_\w+|requires_grad_?|eval|train|to|double|float|half"
    r"|add_module|add_argument|set_defaults|seed|manual_seed|\w+_)$"
)
"""Methods that finish the set-up of an object, called as a statement on a name that the loss needs."""

_TRAINS = frozenset(("backward", "step", "zero_grad", "fit"))
_BUILTINS = frozenset(dir(builtins))


@dataclass(slots=True)
class Statement:
    """One top-level statement. Lines are 1-based and inclusive, decorators included."""

    node: ast.stmt
    first: int
    last: int
    text: str
    binds: frozenset[str] = field(default_factory=frozenset)
    uses: frozenset[str] = field(default_factory=frozenset)


def statements(text: str) -> list[Statement]:
    """The top-level statements of a file; those that do not parse are recovered line by line."""
    found: list[Statement] = []
    lines = text.split("\n")
    for block in split_blocks(text):
        for node in parse_block(block).body:
            ast.increment_lineno(node, block.start)
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            last = node.end_lineno or node.lineno
            source = "\n".join(lines[first - 1 : last])
            found.append(Statement(node, first, last, source, bound_names(node), used_names(node)))
        block.tree = None  # the shifted line numbers are ours alone
    return found


def slice_source(text: str, needed: Iterable[str]) -> str:
    """The lines of `text` that the names in `needed` depend on; the other lines are empty.

    The result has as many lines as `text`.
    """
    every = statements(text)
    keep = [s for s in every if _always(s)]
    wanted = set(needed) | {name for s in keep for name in s.uses}
    while True:
        more = [s for s in every if s not in keep and _serves(s, wanted)]
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
        return _sets_up(node.value, wanted)
    if isinstance(node, (ast.For, ast.While, ast.With, ast.If)):
        inner = [n for n in ast.walk(node) if isinstance(n, (ast.Expr, ast.Assign, ast.AugAssign))]
        return any(
            stored_names(n) & wanted or (isinstance(n, ast.Expr) and _sets_up(n.value, wanted)) for n in inner
        )
    return bool(stored_names(node) & wanted)


def _sets_up(node: ast.expr, wanted: set[str]) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return root_name(node.func.value) in wanted and bool(_SETS_UP.match(node.func.attr))


def _trains(node: ast.AST) -> bool:
    calls = (n.func for n in ast.walk(node) if isinstance(n, ast.Call))
    return any(isinstance(f, ast.Attribute) and f.attr in _TRAINS for f in calls)


def _tame(line: str) -> str:
    """Arguments that the loss reads from the command line get their defaults."""
    return re.sub(r"\.(parse_args|parse_known_args|parse_intermixed_args)\(\s*\)", r".\1([])", line)


def is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)
    )


def root_name(node: ast.expr) -> str:
    """`a` of `a.b[0].c`, or nothing."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def used_names(node: ast.AST) -> frozenset[str]:
    """The names that a piece of code reads from the scope around it: no parameters, no locals of
    functions."""
    if isinstance(node, ast.stmt):
        node = ast.Module([node], [])
    try:
        table = symtable.symtable(ast.unparse(node), "<slice>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    return frozenset(_globals_of(table))


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if (symbol.is_referenced() and (top or symbol.is_global())) or symbol.is_declared_global():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals_of(child)


def bound_names(node: ast.stmt) -> frozenset[str]:
    """The names that a statement gives a value in its own scope."""
    return frozenset(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def stored_names(node: ast.AST) -> frozenset[str]:
    """`x` of `x[0] = …`, `x.a = …` and `x += …`."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    return frozenset(root_name(t) for t in targets if isinstance(t, (ast.Subscript, ast.Attribute))) - {""}
