"""Find how the user calls a loss: a comment with inputs, an example call in the file, a test next to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainrule.probe.slicing import Statement, is_main_guard, statements
from chainrule.probe.slicing_names import bound_names, root_name, stored_names, used_names
from chainrule.syntax import walk_tree

_COMMENT = re.compile(r"^\s*#\s*chainrule:\s*inputs\s*[:=]?\s*(.*)$")
_MORE = re.compile(r"^\s*#\s?(.*)$")
_PLAIN_ITERABLES = frozenset(("range", "enumerate", "zip", "list", "reversed"))
_TEST_FILES = 40
_CALLS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """How to call the loss, as Python text; `origin` says where the text is from."""

    origin: str
    arguments: str
    setup: str = ""
    instance: str | None = None


def plans_from_comment(text: str, first: int, last: int) -> Iterator[Plan]:
    """`# chainrule: inputs pred=…, target=…` above or inside the lines `first` to `last` of a function."""
    lines = text.split("\n")
    start = first - 1
    while start > 0 and lines[start - 1].lstrip().startswith(("#", "@")):
        start -= 1
    at = start
    while at < min(last, len(lines)):
        match = _COMMENT.match(lines[at])
        at += 1
        if match is None:
            continue
        words = match.group(1)
        while not _closed(words) and at < len(lines) and (more := _MORE.match(lines[at])):
            words += " " + more.group(1)
            at += 1
        yield Plan("comment", words.strip())


def _closed(words: str) -> bool:
    try:
        ast.parse(f"f({words})", mode="eval")
    except SyntaxError:
        return False
    return not words.rstrip().endswith(",")


def plans_from_calls(text: str, qualname: str, origin: str = "example", own: bool = True) -> list[Plan]:
    """The calls of the loss in `text`, each with the statements that build its arguments.

    `own` says that `text` is the file that defines the loss; of other files (tests) the imports are part of
    the plan.
    """
    every = statements(text)
    found: list[Plan] = []
    for scope in _scopes([s.node for s in every]):
        for at, statement in enumerate(scope):
            for call in _calls(statement):
                plan = _plan(scope[:at], call, qualname, origin, own)
                if plan is not None and plan not in found:
                    found.append(plan)
    return found[:_CALLS]


def plans_from_tests(path: Path, qualname: str, root: Path) -> list[Plan]:
    """The calls in `test_*.py` and `*_test.py` next to the file and in the project's test folders."""
    name = qualname.split(".")[0]
    found: list[Plan] = []
    for test in _test_files(path, root):
        try:
            text = test.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if re.search(rf"\b{re.escape(name)}\b", text):
            found += plans_from_calls(text, qualname, f"test {test.name}", own=False)
    return found[:_CALLS]


def _test_files(path: Path, root: Path) -> list[Path]:
    folders = [path.parent, path.parent / "tests", path.parent / "test", root / "tests", root / "test"]
    found: dict[Path, None] = {}
    for folder in folders:
        for pattern in ("test_*.py", "*_test.py"):
            for test in sorted(folder.glob(pattern)):
                if test != path:
                    found[test] = None
    near = [t for t in found if path.stem in t.stem]
    return [*near, *(t for t in found if t not in near)][:_TEST_FILES]


def _scopes(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Straight-line readings of the code that runs: the module, its main block, functions that try things
    out."""
    plain = [s for s in body if not is_main_guard(s)]
    yield list(_flat(body))
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and _tries_out(statement):
            yield [*_flat(plain), *_flat(statement.body)]
        elif isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            for method in statement.body:
                if isinstance(method, ast.FunctionDef) and method.name.startswith("test"):
                    yield [*_flat(plain), *_flat(method.body)]


def _tries_out(function: ast.FunctionDef) -> bool:
    return bool(re.match(r"_?(test|main|demo|example|run|try|check|bench)", function.name)) and not any(
        a for a in function.args.args[len(function.args.defaults) :]
    )


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.For):
            first = ast.Call(ast.Name("iter", ast.Load()), [statement.iter], [])
            taken = ast.Assign([statement.target], ast.Call(ast.Name("next", ast.Load()), [first], []))
            if isinstance(statement.iter, ast.Call) and root_name(statement.iter.func) in _PLAIN_ITERABLES:
                yield ast.fix_missing_locations(ast.copy_location(taken, statement))
            yield from _flat(statement.body)
        elif isinstance(statement, (ast.While, ast.With, ast.If, ast.Try)):
            yield from _flat(statement.body)
        else:
            yield statement


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield from (n for n in walk_tree(statement) if isinstance(n, ast.Call))


def _plan(before: Sequence[ast.stmt], call: ast.Call, qualname: str, origin: str, own: bool) -> Plan | None:
    owner, _, name = qualname.rpartition(".")
    receiver = _receiver(before, call, owner, name)
    if receiver is None:
        return None
    arguments = ", ".join(ast.unparse(part) for part in [*call.args, *call.keywords])
    needed = set(used_names(receiver)) if not isinstance(receiver, ast.Constant) else set()
    for part in [*call.args, *call.keywords]:
        needed |= used_names(part)
    setup = _builders(before, needed, own, qualname.split(".")[0])
    instance = None if isinstance(receiver, ast.Constant) else ast.unparse(receiver)
    return Plan(origin, arguments, setup, instance)


def _receiver(before: Sequence[ast.stmt], call: ast.Call, owner: str, name: str) -> ast.expr | None:
    """The object that the loss is called on; a constant for a plain function; None for any other call."""
    func = call.func
    if not owner:
        called = (
            func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
        )
        return ast.Constant(None) if called == name else None
    if owner and isinstance(func, ast.Attribute) and func.attr == name:
        if root_name(func.value) == owner and not isinstance(func.value, ast.Call):
            return ast.Constant(None)
        return func.value if _is_made_by(before, func.value, owner) else None
    if name in ("forward", "__call__") and _is_made_by(before, func, owner):
        return func
    return None


def _is_made_by(before: Sequence[ast.stmt], node: ast.expr, owner: str) -> bool:
    """`Owner(…)`, `module.Owner(…).to(…)`, or a name that was assigned one."""
    if isinstance(node, ast.Call):
        inner = node.func
        if isinstance(inner, ast.Name):
            return inner.id == owner
        if isinstance(inner, ast.Attribute):
            return inner.attr == owner or _is_made_by(before, inner.value, owner)
        return False
    if isinstance(node, (ast.Name, ast.Attribute)):
        text = ast.unparse(node)
        for statement in reversed(before):
            if isinstance(statement, ast.Assign) and any(ast.unparse(t) == text for t in statement.targets):
                return _is_made_by(before, statement.value, owner)
    return False


def _builders(before: Sequence[ast.stmt], needed: set[str], own: bool, loss: str) -> str:
    """The statements that give the needed names their values, as text, in their order."""
    kept: list[ast.stmt] = []
    for statement in reversed(before):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if own or not bound_names(statement) & needed - {loss}:
                continue
            names = [a for a in statement.names if (a.asname or a.name) != loss]
            statement.names = names
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            if own or statement.name not in needed:
                continue
        elif (
            not (isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)))
            or (isinstance(statement, ast.Expr) and not _edits(statement.value, needed))
            or (
                not (bound_names(statement) | stored_names(statement)) & needed
                and not isinstance(statement, ast.Expr)
            )
        ):
            continue
        kept.append(statement)
        needed |= used_names(statement)
    return "\n".join(ast.unparse(s) for s in reversed(kept))


def _edits(node: ast.expr, needed: set[str]) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    method = node.func.attr
    edits = method.endswith("_") or method in ("append", "extend", "eval", "train", "to", "manual_seed")
    return edits and (root_name(node.func.value) in needed or (method == "manual_seed" and False))


__all__ = ["Plan", "Statement", "plans_from_calls", "plans_from_comment", "plans_from_tests"]
