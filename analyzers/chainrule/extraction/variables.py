"""What passes between the code of a loss and the code around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chainrule.extraction.belonging import last_name
from chainrule.extraction.liveness import Liveness, surely_bound, surely_named
from chainrule.extraction.losses import Inline
from chainrule.extraction.places import Place
from chainrule.extraction.scopes import bound, elsewhere, locals_of, reads, within
from chainrule.syntax import children, walk_tree

_OWN_CLASS = frozenset(("super", "__class__"))
_IMPORTS = (ast.Import, ast.ImportFrom)
# Names of settings and devices, which a loss reads and nobody trains.
_SETTINGS = re.compile(r"^(?:args|cfg|conf|config|opts?|options|settings|hp|hparams|device|dtype)$")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, *_IMPORTS)


@dataclass(frozen=True, slots=True)
class Variables:
    """`given`: what the code of a loss reads from around it, in the order of the first reading.

    `returned`: what is read after it, the loss first (left out where it is an expression).
    `imports`: statements of the function around that the code needs as well.
    `receiver`: the method's own object, if the code needs that. `missing`: what may have no value yet.
    """

    given: tuple[str, ...]
    returned: tuple[str, ...]
    imports: tuple[str, ...]
    receiver: str
    missing: str


def variables_of(loss: Inline) -> Variables:
    """What passes in and out of the code of a loss."""
    nodes = code_of(loss)
    back = _returned(loss)
    value = [loss.value] if loss.value is not None else []
    at_end = frozenset(back) | {name.id for name in reads(value)}
    before = Liveness(loss.statements, at_end).before
    order = sorted(reads(nodes), key=lambda name: (name.lineno, name.col_offset))
    names = [name for name in dict.fromkeys([*(each.id for each in order), *back]) if name in before]
    receiver = _receiver(loss.place, nodes, names)
    ours = [name for name in names if name != receiver and _belongs_here(name, loss)]
    imports = {name: found for name in ours if (found := _import_of(name, loss.place))}
    given = tuple(name for name in ours if name not in imports)
    have = _have_values(loss) | _read_anyway(nodes)
    own = locals_of(loss.place.functions[0]) if loss.place.functions else given
    missing = next((name for name in given if name in own and name not in have), "")
    return Variables(given, back, tuple(dict.fromkeys(imports.values())), receiver, missing)


def code_of(loss: Inline) -> list[ast.AST]:
    """The statements of a loss, and the expression that is their result if it has no name."""
    return [*loss.statements, *([loss.value] if loss.value is not None else [])]


def needs_class(nodes: Iterable[ast.AST]) -> bool:
    """Whether code has its meaning only within its class: `super()`, names with two underscores before."""
    for node in _walk(nodes):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in _OWN_CLASS or (name.startswith("__") and not name.endswith("__")):
                    return True
    return False


def _returned(loss: Inline) -> tuple[str, ...]:
    live = Liveness(loss.place.scope.body)
    if loss.value is None:
        after = live.after(loss.statements[-1])
    else:
        use = loss.place.body[loss.end]
        inside = set(walk_tree(loss.value))
        after = live.after(use) | {name.id for name in reads([use]) if name not in inside}
    binds = bound(loss.statements)
    order = {
        node.id: None
        for statement in loss.statements
        for node in within([statement])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    every = [name for name in [*order, *sorted(binds - set(order))] if name in after and name in binds]
    return tuple(sorted(every, key=lambda name: name != loss.name or loss.value is not None))


def _receiver(place: Place, nodes: Sequence[ast.AST], names: Iterable[str]) -> str:
    """The first parameter of the method around, if the code reads it or must stay in the class."""
    if place.method is None:
        return ""
    _, function = place.method
    first = [*function.args.posonlyargs, *function.args.args][:1]
    kinds = {getattr(each, "id", "") for each in function.decorator_list}
    if not first or kinds & {"staticmethod", "classmethod"} or first[0].arg in bound(nodes):
        return ""
    return first[0].arg if first[0].arg in names or needs_class(nodes) else ""


def _belongs_here(name: str, loss: Inline) -> bool:
    """Whether a name is an argument of a loss: a variable, and nothing that a file defines or sets up."""
    return _is_local(name, loss.place) or (
        name in bound(loss.place.levels[0].body) and not _is_set_up(name, loss)
    )


def _is_local(name: str, place: Place) -> bool:
    """Whether a name belongs to a function around."""
    for function in place.functions:
        if name in locals_of(function):
            return True
        declared = (node for node in within(function.body) if isinstance(node, ast.Global))
        if any(name in node.names for node in declared):
            return False
    return False


def _is_set_up(name: str, loss: Inline) -> bool:
    """Whether a name at the top of a file stands for one definition or constant, or object that is called."""
    body = loss.place.levels[0].body
    binding = [node for node in within(body) if isinstance(node, ast.stmt) and name in _names_of(node)]
    if binding and all(isinstance(node, _DEFINITIONS) for node in binding):
        return True
    if len(binding) != 1 or binding[0] not in body[: loss.place.levels[0].index]:
        return False
    if name.isupper() or _SETTINGS.search(name):
        return True
    match binding[0]:
        case ast.Assign(value=ast.Constant()):
            return True
        case ast.Assign(value=ast.Call(func=made)) if last_name(made)[:1].isupper():
            called = {node.func for node in _walk(code_of(loss)) if isinstance(node, ast.Call)}
            return all(use in called for use in reads(code_of(loss)) if use.id == name)
    return False


def _walk(nodes: Iterable[ast.AST]) -> Iterable[ast.AST]:
    return (inner for node in nodes for inner in walk_tree(node))


def _names_of(statement: ast.stmt) -> set[str]:
    """The names that a statement binds itself, not by the statements in it."""
    if isinstance(statement, _DEFINITIONS):
        return bound([statement])
    parts = [node for node in children(statement) if not isinstance(node, ast.stmt)]
    return bound(parts)


def _import_of(name: str, place: Place) -> str:
    """The import statement, as text, that alone gives a function's variable its value."""
    for function in place.functions:
        if name not in locals_of(function):
            continue
        binding = [
            each for each in within(function.body) if isinstance(each, ast.stmt) and name in _names_of(each)
        ]
        match binding:
            case [(ast.Import(names=aliases) | ast.ImportFrom(names=aliases)) as only]:
                own = [each for each in aliases if name == (each.asname or each.name.split(".")[0])]
                if isinstance(only, ast.ImportFrom):
                    module = "." * (only.level or 0) + (only.module or "")
                    return f"from {module} import {ast.unparse(own[0])}"
                return f"import {ast.unparse(own[0])}"
        return ""
    return ""


def _have_values(loss: Inline) -> set[str]:
    """The variables of the scope that have a value when the code of a loss begins."""
    place = loss.place.at(loss.first)
    names: set[str] = set()
    if place.functions:
        function = place.functions[0]
        names |= locals_of(function) - bound(function.body) - elsewhere(function.body)
        spec = function.args
        names |= {each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    for level in place.inner():
        match level.owner:
            case ast.For(target=target, iter=first) | ast.AsyncFor(target=target, iter=first):
                if level.body is getattr(level.owner, "body", None):
                    names |= bound([target])
                names |= surely_named([first])
            case ast.With(items=items) | ast.AsyncWith(items=items):
                names |= bound(items)
            case ast.If(test=test) | ast.While(test=test):
                names |= surely_named([test])
            case ast.ExceptHandler(name=str() as name):
                names.add(name)
            case ast.match_case(pattern=pattern):
                names |= bound([pattern])
        names |= surely_bound(level.body[: level.index]) or set()
    return names


def _read_anyway(nodes: Iterable[ast.AST]) -> set[str]:
    """The variables without which the code would fail by itself."""
    simple = [node for node in nodes if not hasattr(node, "body") and not isinstance(node, ast.Match)]
    functions = (ast.Lambda, ast.IfExp, ast.BoolOp)
    found: set[str] = set()
    pending: list[ast.AST] = list(simple)
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
        if not isinstance(node, functions):
            pending += children(node)
    return found
