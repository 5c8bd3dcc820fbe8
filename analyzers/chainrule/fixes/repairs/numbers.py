"""Which expressions are Python integers, not tensors: loop counters, sizes, arguments that are said to be."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from chainrule.fixes.calls import integer
from chainrule.fixes.site import FixSite
from chainrule.syntax import walk_tree

_LISTS = frozenset(("list", "List", "tuple", "Tuple", "Sequence", "Iterable", "range"))


def is_integer(site: FixSite, node: ast.expr) -> bool:
    """Whether an expression can't be a tensor of labels, as far as the function and its class say."""
    match node:
        case ast.Name(id=name):
            return (
                any(_gives_integer(site, target, iterable, name) for target, iterable in _loops(site, node))
                or _is_integer_argument(site.scope.node, name)
                or any(_is_number(binding.value) for binding in site.scope.bindings.get(name, ()))
            )
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if site.scope.owner is not None:
            return any(_is_set_to_integer(statement, name) for statement in site.scope.owner.body)
        case _:
            return _is_number(node)


def _is_number(node: ast.expr | None) -> bool:
    match node:
        case None:
            return False
        case ast.Call(func=ast.Name(id="len" | "int") | ast.Attribute(attr="size", value=_), args=[_]):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=index):
            return integer(index) is not None
        case _:
            return integer(node) is not None


def _loops(site: FixSite, read: ast.Name) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The targets of the loops and comprehensions around a read, each with what it runs over."""
    for around in site.scope.ancestors(read):
        match around:
            case ast.For(target=target, iter=iterable):
                yield target, iterable
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                yield from ((part.target, part.iter) for part in around.generators)
            case _:
                pass


def _gives_integer(site: FixSite, target: ast.expr, iterable: ast.expr, name: str) -> bool:
    """Whether a loop gives a name nothing but integers."""
    match target, iterable:
        case ast.Name(id=bound), _ if bound == name:
            return _holds_integers(site, iterable)
        case ast.Tuple(elts=[ast.Name(id=bound), _]), ast.Call(func=ast.Name(id="enumerate")):
            if bound == name:
                return True
        case _:
            pass
    match target, iterable:
        case ast.Tuple(elts=[_, ast.Name(id=bound)]), ast.Call(func=ast.Name(id="enumerate"), args=[of, *_]):
            return bound == name and _holds_integers(site, of)
        case _:
            return False


def _holds_integers(site: FixSite, node: ast.expr) -> bool:
    """Whether one thing that an iterable may be is a range, or a list of integers."""
    match node:
        case ast.Call(func=ast.Name(id="range")):
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return bool(parts) and all(integer(part) is not None for part in parts)
        case ast.Name(id=name):
            values = [binding.value for binding in site.scope.bindings.get(name, ())]
            return any(
                value is not None and not isinstance(value, ast.Name) and _holds_integers(site, value)
                for value in values
            ) or _is_annotated(site.scope.node, name, _is_list_of_integers)
        case _:
            return False


def _is_integer_argument(function: ast.AST, name: str) -> bool:
    """Whether an argument is annotated as `int`, or has an integer as its default."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    defaults = dict(zip(reversed(plain), reversed(given.defaults), strict=False))
    defaults |= {
        word: value for word, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value
    }
    by_default = any(word.arg == name and integer(value) is not None for word, value in defaults.items())
    return by_default or _is_annotated(function, name, lambda said: said == "int")


def _is_annotated(function: ast.AST, name: str, fits: Callable[[str], bool]) -> bool:
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    said = (arg.annotation for arg in every if arg.arg == name)
    return any(annotation is not None and fits(ast.unparse(annotation)) for annotation in said)


def _is_list_of_integers(annotation: str) -> bool:
    kind, _, of = annotation.rpartition(".")[2].partition("[")
    return kind in _LISTS and of.removesuffix("]").split(",")[0].strip() == "int"


def _is_set_to_integer(statement: ast.stmt, name: str) -> bool:
    """Whether a statement of a class, or of its `__init__`, gives an attribute an integer."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=bound)], value=value):
            return bound == name and integer(value) is not None
        case ast.AnnAssign(target=ast.Name(id=bound), annotation=ast.Name(id=kind)):
            return bound == name and kind == "int"
        case ast.FunctionDef(name="__init__"):
            pass
        case _:
            return False
    for node in walk_tree(statement):
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=bound)], value=value):
                given = isinstance(value, ast.Name) and _is_integer_argument(statement, value.id)
                if bound == name and (given or _is_number(value)):
                    return True
            case _:
                pass
    return False
