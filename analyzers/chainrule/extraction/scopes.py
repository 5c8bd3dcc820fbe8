"""Which names a piece of code binds in its scope, and which it reads from there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from chainrule.syntax import children, walk_tree

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that code binds in the scope that it stands in; nested scopes have their own."""
    return {name for node in nodes for name in _bound(node)}


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.split(".")[0]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Lambda():
            pass
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            # What `:=` names in a comprehension belongs to the scope around it.
            yield from (each.target.id for each in walk_tree(node) if isinstance(each, ast.NamedExpr))
        case _:
            match node:
                case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                    yield name
                case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
                    yield name
            for child in children(node):
                yield from _bound(child)


def reads(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """The places at which code reads names of the scope that it stands in, or of scopes around that.

    What nested functions and comprehensions bind for themselves is left out; `x += 1` and `del x` read `x`.
    """
    for node in nodes:
        yield from _reads(node)


def _reads(node: ast.AST) -> Iterator[ast.Name]:
    match node:
        case ast.Name(ctx=ast.Load() | ast.Del()):
            yield node
        case ast.AugAssign(target=ast.Name() as target, value=value):
            yield target
            yield from _reads(value)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own = set(locals_of(node))
            body = node.body if isinstance(node.body, list) else [node.body]
            around = [each for each in children(node) if each not in body]
            yield from reads(around)
            yield from (each for each in reads(body) if each.id not in own)
        case ast.ClassDef():
            own = bound(node.body)
            yield from reads([*node.decorator_list, *node.bases, *node.keywords])
            yield from (each for each in reads(node.body) if each.id not in own)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            first = node.generators[0].iter
            yield from _reads(first)
            own = bound(each.target for each in node.generators)
            parts = [each for each in children(node) if not isinstance(each, ast.comprehension)]
            for generator in node.generators:
                parts += [each for each in children(generator) if each is not first]
            yield from (each for each in reads(parts) if each.id not in own)
        case _:
            for child in children(node):
                yield from _reads(child)


@lru_cache(maxsize=64)
def locals_of(function: FunctionNode | ast.Lambda) -> frozenset[str]:
    """The names that belong to a function: its parameters and what it binds, unless it says otherwise."""
    spec = function.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    every += [extra for extra in (spec.vararg, spec.kwarg) if extra is not None]
    names = {each.arg for each in every}
    if isinstance(function, ast.Lambda):
        return frozenset(names | bound([function.body]))
    names |= {each.name for each in getattr(function, "type_params", ())}
    return frozenset(names | bound(function.body)) - elsewhere(function.body)


def elsewhere(body: Iterable[ast.AST]) -> frozenset[str]:
    """The names that the statements of one scope declare `global` or `nonlocal`."""
    return frozenset(
        name for node in within(body) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    )


def within(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes and all below them, nested functions and classes themselves but not what is in those."""
    for node in nodes:
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield from within(children(node))


def captured(nodes: Iterable[ast.AST]) -> set[str]:
    """The names around it that nested functions in a piece of code read, whenever those are called."""
    nested = [node for node in within(nodes) if isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
    return {name.id for name in reads(nested)}
