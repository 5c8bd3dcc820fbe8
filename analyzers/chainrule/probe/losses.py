"""Which functions of a file are losses, where only the file is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.probe.examples import plans_from_calls
from chainrule.probe.slicing import statements
from chainrule.syntax import walk_tree

_WORDS = re.compile(
    r"(loss|criterion|objective|penalty|cost|energy|elbo|divergence|regulari[sz]er|nll|hinge|contrastive|perplexity)"
    r"|(^|_)(kl|bce|mse|ce|mae|dice|focal|jaccard|lovasz|ohem|pinball|training_step)(_|$)",
    re.IGNORECASE,
)
_CLASS_WORDS = re.compile(
    r"(loss|criterion|objective|penalty|regulari[sz]er|divergence|cost|energy|elbo)$|^loss", re.I
)
_FUNCTIONAL = re.compile(r"(_loss|^cross_entropy|_cross_entropy|_cross_entropy_with_logits|^kl_div|_nll)$")
"""The losses of `torch.nn.functional`."""
_CALLED = ("forward", "__call__")
_NOT_LOSSES = re.compile(
    r"(log|plot|print|get|make|build|create|register|load|parse|set|test|show|update|zero|check)_|.*_(names?|fn|func|types?"
    r"|config|weights?|list|dict|keys)$",
    re.IGNORECASE,
)
_PLAIN_BASES = frozenset(
    ("object", "Module", "Function", "ABC", "Enum", "Protocol", "NamedTuple", "TypedDict")
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or method and its lines (1-based, inclusive, decorators included)."""

    qualname: str
    first: int
    last: int
    node: ast.FunctionDef | ast.AsyncFunctionDef


def definitions(text: str) -> list[Definition]:
    """The functions and methods at module and class level, in the order of the file."""
    return [d for s in statements(text) for d in _definitions(s.node, "")]


def _definitions(node: ast.stmt, prefix: str) -> Iterator[Definition]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        yield Definition(prefix + node.name, first, node.end_lineno or node.lineno, node)
    elif isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _definitions(inner, f"{prefix}{node.name}.")
    elif isinstance(node, (ast.If, ast.Try)):
        for inner in node.body:
            yield from _definitions(inner, prefix)


def find_losses(text: str) -> list[str]:
    """The qualified names of the losses of a file; where no name tells, of the functions with an example
    call."""
    every = definitions(text)
    trained = _trained_on(text)
    inherited = _inheriting_losses(text)
    found = [d.qualname for d in every if _is_loss(d, trained) and not _helps_a_loss(d, every, inherited)]
    if found or inherited:
        return [*found, *inherited]
    return [d.qualname for d in every if plans_from_calls(text, d.qualname)]


def _inheriting_losses(text: str) -> list[str]:
    """Classes named as losses that get their `forward` from a base class in another file."""
    found: list[str] = []
    classes = {s.node.name: s.node for s in statements(text) if isinstance(s.node, ast.ClassDef)}
    for name, node in classes.items():
        own = {n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
        bases = [ast.unparse(b).rpartition(".")[2] for b in node.bases]
        elsewhere = [b for b in bases if b not in classes and b not in _PLAIN_BASES]
        if (
            _CLASS_WORDS.search(name)
            and elsewhere
            and not own & set(_CALLED)
            and not re.match(r"_?(Base|Abstract)", name)
        ):
            found.append(name)
    return found


def _helps_a_loss(definition: Definition, every: list[Definition], inherited: list[str]) -> bool:
    """Other methods of a class that is a loss itself are parts of that loss."""
    owner, _, name = definition.qualname.rpartition(".")
    if not owner or name in _CALLED or not _CLASS_WORDS.search(owner):
        return False
    return owner in inherited or any(d.qualname in (f"{owner}.forward", f"{owner}.__call__") for d in every)


def _is_loss(definition: Definition, trained: set[str]) -> bool:
    owner, _, name = definition.qualname.rpartition(".")
    if (
        not definition.node.args.args
        and not definition.node.args.vararg
        and not definition.node.args.kwonlyargs
    ):
        return False
    if not any(isinstance(n, ast.Return) and n.value is not None for n in walk_tree(definition.node)):
        return False
    if any(
        ast.unparse(d).endswith(("property", "setter", "fixture")) for d in definition.node.decorator_list
    ):
        return False
    owner = owner.rpartition(".")[2]
    if name in _CALLED:
        named = bool(_CLASS_WORDS.search(owner)) or owner in trained
        return named or _returns_a_known_loss(definition.node)
    if name.startswith("__") or _NOT_LOSSES.match(name.lstrip("_")):
        return False
    return bool(_WORDS.search(name)) or name in trained or _returns_a_known_loss(definition.node)


def _returns_a_known_loss(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """It returns what a loss of torch gives: `return F.cross_entropy(…)`, also through one variable."""
    made: dict[str, ast.expr] = {}
    for node in walk_tree(function):
        if isinstance(node, ast.Assign):
            made.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
    returned = [n.value for n in walk_tree(function) if isinstance(n, ast.Return) and n.value is not None]
    values = [made.get(v.id, v) if isinstance(v, ast.Name) else v for v in returned]
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and _FUNCTIONAL.search(n.func.attr)
        for value in values
        for n in walk_tree(value)
    )


def _trained_on(text: str) -> set[str]:
    """The last names of the callees whose results `.backward()` is called on."""
    found: set[str] = set()
    for statement in statements(text):
        made: dict[str, str] = {}
        for node in walk_tree(statement.node):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                for target in node.targets:
                    made[ast.unparse(target)] = ast.unparse(node.value.func).rpartition(".")[2]
        for node in walk_tree(statement.node):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "backward"
            ):
                value = node.func.value
                if isinstance(value, ast.Call):
                    found.add(ast.unparse(value.func).rpartition(".")[2])
                found.add(made.get(ast.unparse(value), ""))
    return found - {"", "sum", "mean", "stack", "scale", "cat"}
