"""Losses that a class inherits: methods of its bases that call what the class itself defines."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import Kind, kind_of
from chainrule.flow.core.program import Module, Project
from chainrule.flow.core.trace import Root
from chainrule.flow.core.values import Class
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.syntax import Block, parse_block, walk_tree


def inherited(module: Module, block: Block, breaking: bool, project: Project | None = None) -> Iterator[Root]:
    """Losses that a class inherits and completes: a base's method calls what the class defines.

    Not `breaking`: nothing but what such a method calls itself can make a difference.
    """
    for statement in parse_block(block).body:
        if not isinstance(statement, ast.ClassDef):
            continue
        here = any(
            isinstance(base, ast.Name) and base.id not in module.names.bound for base in statement.bases
        )
        away = project is not None and _may_complete(module, statement)
        if not here and not away:
            continue
        cls = Interpreter(module, project).global_value(module, statement.name)
        if not isinstance(cls, Class):
            continue
        if away:
            yield from _completed(cls, block, statement)
        for base in cls.lineage()[1:]:
            if base.module is not module:
                continue
            for name, method in base.methods.items():
                kind = kind_of(method, statement)
                named = kind is Kind.LOSS or name in ("forward", "__call__", "loss")
                if name in cls.methods or not (named or (kind is Kind.NEUTRAL and name[0] != "_")):
                    continue
                if (named and (breaking or _hands_over(cls))) or _calls_one_of(cls.methods, method):
                    yield Root(f"{statement.name}.{name}", base.block, method, statement, kind)


def _hands_over(cls: Class) -> bool:
    """Whether a class makes its base with settings of its own: `super().__init__(hard=True)`."""
    method = cls.methods.get("__init__")
    return method is not None and any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
        and bool(node.args or node.keywords)
        for node in walk_tree(method)
    )


def _calls_one_of(methods: Iterable[str], caller: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method calls one of `methods` of its own object."""
    return not _used_of_self(caller).isdisjoint(methods)


@lru_cache(maxsize=256)
def _used_of_self(method: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The attributes of its own object that a method mentions."""
    return frozenset(
        node.attr
        for node in walk_tree(method)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    )


def _may_complete(module: Module, statement: ast.ClassDef) -> bool:
    """Whether a class by the name of a loss gives its own methods to a base of the project."""
    if LOSS_WORDS.isdisjoint(words(statement.name)):
        return False
    dotted = (module.names.bound.get(base.id, "") for base in statement.bases if isinstance(base, ast.Name))
    own = (each for each in statement.body if isinstance(each, ast.FunctionDef) and each.name != "__init__")
    return any(each and not each.startswith("torch.") for each in dotted) and any(own)


def _completed(cls: Class, block: Block, statement: ast.ClassDef) -> Iterator[Root]:
    """Methods of bases in other files that compute a loss by what the class defines, the innermost ones."""
    defined = {name for name in cls.methods if name != "__init__"}
    bases = [base for base in cls.lineage()[1:] if base.module is not cls.module]
    methods = {name: each for base in reversed(bases) for name, each in base.methods.items()}
    methods = {name: each for name, each in methods.items() if name not in cls.methods}
    reaching = set(defined)
    while more := {
        name for name, each in methods.items() if name not in reaching and _calls_one_of(reaching, each)
    }:
        reaching |= more
    losses = {
        name: methods[name]
        for name in reaching & methods.keys()
        if name != "__init__" and kind_of(methods[name], statement) is Kind.LOSS
    }
    for name, method in losses.items():
        if not _calls_one_of(losses.keys() - {name}, method):
            yield Root(f"{statement.name}.{name}", block, method, statement, Kind.LOSS, elsewhere=True)
