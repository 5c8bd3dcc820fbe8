"""Why statements cannot become a function: what leaves them, or looks into the scope that they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from chainrule.extraction.losses import Inline
from chainrule.extraction.scopes import bound, captured, elsewhere, reads, within
from chainrule.syntax import children, walk_tree

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LOOKS_AROUND = frozenset(("locals", "vars", "eval", "exec", "dir", "globals"))
_KEEPERS = ("register_", "append", "add_")


def refusal(loss: Inline, nodes: Sequence[ast.AST], given: Iterable[str], after: Iterable[str]) -> str:
    """Why `nodes`, the code of a loss, must stay where it is; empty if it need not. For the user.

    `given`: the variables that it would get as arguments. `after`: those that are read when it is done.
    """
    leaving = next(_leaving(nodes, loops=0), "")
    if leaving:
        return f"`{leaving}` leaves the code of the loss."
    for node in within(nodes):
        match node:
            case ast.Global() | ast.Nonlocal():
                return "The code of the loss writes a variable of another scope."
            case ast.Delete(targets=targets) if any(isinstance(each, ast.Name) for each in targets):
                return "The code of the loss deletes a variable."
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return "The code of the loss imports everything from a module."
            case ast.Call(func=ast.Name(id=name)) if name in _LOOKS_AROUND:
                return f"`{name}()` looks at the variables around the code of the loss."
    binds, scope = bound(nodes), loss.place.scope
    if written := binds & elsewhere(scope.body):
        return f"The code of the loss writes `{min(written)}`, a variable of another scope."
    around = list(_apart(scope, nodes))
    if shared := binds & captured(around) | (binds | set(given)) & _written_by_others(loss):
        return f"Another function uses `{min(shared)}` while the loss is computed."
    if kept := _kept(nodes, set(after)) & _changing(loss):
        return f"A function made in the code of the loss keeps `{min(kept)}`, which changes later."
    return ""


def _leaving(nodes: Iterable[ast.AST], loops: int) -> Iterator[str]:
    """The words with which code goes elsewhere; `loops` are those of its own around it."""
    for node in nodes:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                continue
            case ast.Return():
                yield "return"
            case ast.Break() if not loops:
                yield "break"
            case ast.Continue() if not loops:
                yield "continue"
            case ast.Yield() | ast.YieldFrom():
                yield "yield"
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith() | ast.comprehension(is_async=1):
                yield "await"
        if isinstance(node, _LOOPS):
            yield from _leaving([*_head(node), *node.orelse], loops)
            yield from _leaving(node.body, loops + 1)
        else:
            yield from _leaving(children(node), loops)


def _head(loop: ast.For | ast.AsyncFor | ast.While) -> list[ast.expr]:
    return [loop.test] if isinstance(loop, ast.While) else [loop.target, loop.iter]


def _apart(scope: ast.AST, nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a scope without `nodes` and what is around those."""
    for node in children(scope):
        if node in nodes:
            continue
        if any(inner in nodes for inner in walk_tree(node)):
            yield from _apart(node, nodes)
        elif not isinstance(node, ast.arguments):
            yield node


def _written_by_others(loss: Inline) -> set[str]:
    """The variables that some function of the file writes in another scope than its own."""
    module = loss.place.levels[0].owner
    declared = (node for node in walk_tree(module) if isinstance(node, ast.Global | ast.Nonlocal))
    return {name for node in declared for name in node.names}


def _changing(loss: Inline) -> set[str]:
    """The variables that are bound again after the code of a loss."""
    found: set[str] = set()
    for level in loss.place.inner():
        if isinstance(level.owner, _LOOPS):
            found |= bound([level.owner])
        found |= bound(level.body[level.index + 1 :])
    return found


def _kept(nodes: Sequence[ast.AST], after: set[str]) -> set[str]:
    """The variables that functions made in `nodes` read, where those may be called later than there.

    What is handed to a call is called by it, as a rule.
    """
    at_once: set[ast.AST] = set()
    for node in within(nodes):
        if isinstance(node, ast.Call):
            keeps = isinstance(node.func, ast.Attribute) and node.func.attr.startswith(_KEEPERS)
            at_once |= set() if keeps else {*node.args, *(word.value for word in node.keywords)}
            at_once.add(node.func)
    used = [name for name in reads(nodes) if name not in at_once]
    passed_on = {name.id for name in used} | after
    found: set[str] = set()
    for node in within(nodes):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name not in passed_on:
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in passed_on:
                at_once.add(value)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.GeneratorExp():
                if node not in at_once:
                    found |= {name.id for name in reads([node])}
    return found
