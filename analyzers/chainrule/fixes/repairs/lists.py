"""What the lists of a function hold, as far as the text says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum, auto

from chainrule.fixes.calls import number
from chainrule.fixes.site import FixSite
from chainrule.fixes.usage import walk_scope
from chainrule.syntax import walk_tree

_LISTS = (ast.List, ast.ListComp, ast.Tuple, ast.GeneratorExp)


class Element(Enum):
    """A kind of what a list holds."""

    LIST = auto()
    NUMBER = auto()
    OTHER = auto()


def is_list(site: FixSite, node: ast.expr) -> bool:
    """Whether an expression is a list: by what it says, or by what the function binds its name to."""
    value = site.scope.value_of(node)
    if _is_sequence(value) or (isinstance(node, ast.Attribute) and _is_list_of_object(site, node)):
        return True
    if isinstance(node, ast.Subscript) and _is_appended_to(site, node):
        return True
    if isinstance(value, ast.Call) and _returns_list(site, value):
        return True
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("list", "tuple")
    return isinstance(node, ast.Name) and Element.LIST in set(_iterated(site, node))


def _is_appended_to(site: FixSite, entry: ast.Subscript) -> bool:
    """Whether the block appends to an entry, `self.saved["logp"].append(…)`, as one does to lists only."""
    text = ast.unparse(entry)
    return any(
        isinstance(node, ast.Attribute) and node.attr == "append" and ast.unparse(node.value) == text
        for node in walk_tree(site.tree)
    )


def _returns_list(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of a function or method of the block that returns nothing but lists."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name) | ast.Name(id=name):
            pass
        case _:
            return False
    made = [n for n in walk_tree(site.tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    if len(made) != 1:
        return False
    returned = [n.value for n in walk_scope(made[0]) if isinstance(n, ast.Return)]
    return bool(returned) and all(
        isinstance(value, ast.List | ast.ListComp | ast.Tuple) for value in returned
    )


def _is_list_of_object(site: FixSite, attribute: ast.Attribute) -> bool:
    """Whether every value that the block gives an attribute of the object is a list."""
    if not (isinstance(attribute.value, ast.Name) and attribute.value.id == "self"):
        return False
    found: list[ast.expr] = []
    for node in walk_tree(site.tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found += (value for place, value in _pairs(target, node.value) if _names(place, attribute))
    return bool(found) and all(isinstance(value, ast.List | ast.ListComp) for value in found)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The parts of `a, b = [], []`, place by place."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)
    else:
        yield target, value


def _names(place: ast.expr, attribute: ast.Attribute) -> bool:
    return isinstance(place, ast.Attribute) and ast.unparse(place) == ast.unparse(attribute)


def _is_sequence(value: ast.expr) -> bool:
    """A list as it is written; `[0.0] * n` is one."""
    match value:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return isinstance(left, ast.List) or isinstance(right, ast.List)
        case _:
            return isinstance(value, _LISTS)


def elements_of(site: FixSite, node: ast.expr) -> set[Element]:
    """The kinds of what a list is made of, and of what the function appends to it."""
    value = site.scope.value_of(node)
    found = set(map(_kind, _written(value)))
    if isinstance(node, ast.Name):
        for read in site.scope.reads.get(node.id, ()):
            match site.parent(read):
                case ast.Attribute(attr="append") as method:
                    call = site.parent(method)
                    if isinstance(call, ast.Call) and len(call.args) == 1:
                        found.add(_kind(call.args[0]))
                case _:
                    pass
    return found


def _written(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from elements
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _written(left)
            yield from _written(right)
        case ast.ListComp(elt=element):
            yield element
        case _:
            pass


def _kind(node: ast.expr) -> Element:
    if isinstance(node, _LISTS):
        return Element.LIST
    match node:
        case ast.Call(func=ast.Name(id="max" | "min"), args=args) if any(number(a) is not None for a in args):
            return Element.NUMBER  # at times
        case _:
            return Element.NUMBER if number(node) is not None else Element.OTHER


def _iterated(site: FixSite, name: ast.Name) -> Iterator[Element]:
    """The kinds of what a comprehension draws from a dict or a list: `v for v in shares.values()`."""
    current = site.parent(name)
    while isinstance(current, ast.expr):
        for source in getattr(current, "generators", ()):
            match source:
                case ast.comprehension(target=ast.Name(id=drawn), iter=ast.expr() as drawn_from) if (
                    drawn == name.id
                ):
                    yield from _kept_in(site, drawn_from)
                case _:
                    pass
        current = site.parent(current)


def _kept_in(site: FixSite, container: ast.expr) -> Iterator[Element]:
    match container:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=kept), attr="values")):
            pass
        case ast.Name(id=kept):
            yield from elements_of(site, container)
            return
        case _:
            return
    for read in site.scope.reads.get(kept, ()):
        place = site.parent(read)
        stored = site.parent(place) if isinstance(place, ast.Subscript) else None
        if isinstance(stored, ast.Assign) and place in stored.targets:
            yield _kind(stored.value)
