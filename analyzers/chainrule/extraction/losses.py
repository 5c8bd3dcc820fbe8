"""Where a loss is trained, and which statements before that compute it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainrule.extraction.belonging import calls_model, first_of, last_name
from chainrule.extraction.liveness import Liveness
from chainrule.extraction.places import Place, places
from chainrule.extraction.scopes import FunctionNode, bound, reads, within
from chainrule.syntax import walk_tree

# Functions that return their loss to a trainer.
_STEP = re.compile(r"^(?:\w+_)?(?:train|training|shared|common)_(?:step|batch)$|^(?:_step|compute_loss)$")
_ENGINES = re.compile(r"(?:^|_)(?:accelerator|fabric|engine|booster|strategy|autograd|plugin)$")


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """A loss computed in place: the statements `first` to before `end` of the list `place.body`.

    `value`: the expression in the statement `end` that is the loss; None where the statements give it the
    name `name`. `used`: the line on which what trains or returns it ends.
    """

    place: Place
    first: int
    end: int
    value: ast.expr | None
    name: str
    used: int

    @property
    def statements(self) -> Sequence[ast.stmt]:
        return self.place.body[self.first : self.end]


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """The loss `value`, trained or returned by the statement `at` of a list."""

    place: Place
    at: int
    value: ast.expr

    @property
    def last_line(self) -> int:
        statement = self.place.body[self.at]
        return statement.end_lineno or statement.lineno


def inline_losses(tree: ast.Module) -> Iterator[Inline]:
    """The losses that a file computes where it trains, with the statements that belong to each."""
    for use in _uses(tree):
        found = _computed(use)
        if found is not None:
            yield found


def selected_loss(tree: ast.Module, first: int, last: int) -> Inline | None:
    """The loss that the statements on the lines `first` to `last` compute, if they do."""
    chosen = _selected(tree, first, last)
    if chosen is None:
        return None
    place, begin, end = chosen
    uses = [use for use in _uses(tree) if use.place.scope is place.scope]
    for use in uses:
        if use.place.body is place.body and begin <= use.at < end and not isinstance(use.value, ast.Name):
            own = Inline(place, begin, use.at, use.value, "loss", use.last_line)
            return None if _trains(own.statements) else own
    for use in uses:  # statements after the loss is trained are no part of it
        if use.place.body is place.body and begin < use.at < end:
            end = use.at
    if isinstance(place.body[end - 1], ast.Return):
        end -= 1
    chosen_code = place.body[begin:end]
    if not chosen_code or _trains(chosen_code):
        return None
    bind, ended = bound(chosen_code), chosen_code[-1].end_lineno or 0
    for use in uses:
        if isinstance(use.value, ast.Name) and use.value.id in bind and use.place.body[use.at].lineno > ended:
            return Inline(place, begin, end, None, use.value.id, use.last_line)
    return None


def _selected(tree: ast.Module, first: int, last: int) -> tuple[Place, int, int] | None:
    """The innermost list with statements on these lines, and which of them."""
    found = None
    for place in places(tree):
        indices = [
            number
            for number, each in enumerate(place.body)
            if each.lineno <= last and first <= (each.end_lineno or each.lineno)
        ]
        outside = place.levels[-1].owner
        inside = isinstance(outside, ast.Module) or first > getattr(outside, "lineno", 0)
        if indices and inside and last <= (place.body[-1].end_lineno or 0):
            found = place, indices[0], indices[-1] + 1
    return found


def _uses(tree: ast.Module) -> Iterator[_Use]:
    for place in places(tree):
        if isinstance(place.scope, ast.ClassDef):
            continue
        for number, statement in enumerate(place.body):
            if isinstance(statement, ast.Expr):
                value = _trained(statement.value)
            elif isinstance(statement, ast.Return) and statement.value and _steps(place.functions):
                value = _loss_in(statement.value)
            else:
                continue
            if value is not None:
                yield _Use(place, number, value)


def _steps(functions: Sequence[FunctionNode]) -> bool:
    """Whether the innermost function is one whose result a trainer calls backward on."""
    return bool(functions) and _STEP.search(functions[0].name) is not None


def _trained(call: ast.expr) -> ast.expr | None:
    """What an expression calls backward on: `scaler.scale(loss).backward()`, `fabric.backward(loss)`."""
    match call:
        case ast.Call(func=ast.Attribute(attr="manual_backward"), args=[value, *_]):
            return _unwrapped(value)
        case ast.Call(func=ast.Attribute(value=engine, attr="backward"), args=[value, *_]) if _ENGINES.search(
            last_name(engine)
        ):
            return _unwrapped(value)
        case ast.Call(func=ast.Attribute(value=value, attr="backward")):
            return _unwrapped(value)
    return None


def _trains(code: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Call) and _trained(node) is not None for node in within(code))


def _loss_in(value: ast.expr) -> ast.expr | None:
    """The loss in what a training step returns: `{"loss": loss, …}`, `(loss, outputs) if flag else loss`."""
    match value:
        case ast.Dict(keys=keys, values=values):
            for key, each in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "loss":
                    return _loss_in(each)
            return None
        case ast.Tuple(elts=[first, *_]):
            return _loss_in(first)
        case ast.IfExp(orelse=plain):
            return _loss_in(plain)
    return _unwrapped(value)


def _unwrapped(value: ast.expr) -> ast.expr:
    """The name of a loss that is scaled on its way: `loss / steps`, `loss.mean()`; else the expression."""
    inner = value
    while True:
        match inner:
            case ast.Name():
                return inner
            case ast.Call(func=ast.Attribute(attr="scale"), args=[part]):
                value = inner = part
            case ast.Call(func=ast.Attribute(value=part, attr="mean" | "sum"), args=[]):
                inner = part
            case ast.BinOp(left=ast.Name() as part, op=ast.Div() | ast.Mult()) if "loss" in part.id:
                inner = part
            case ast.BinOp(right=ast.Name() as part, op=ast.Mult()) if "loss" in part.id:
                inner = part
            case _:
                return value


def _computed(use: _Use) -> Inline | None:
    if not isinstance(use.value, ast.Name):
        if not any(isinstance(node, ast.Call | ast.BinOp) for node in walk_tree(use.value)):
            return None  # `outputs.loss.backward()`: it is computed elsewhere
        needed = {name.id for name in reads([use.value])}
        first = use.at if calls_model(use.value, use.place) else first_of(use.place, use.at, use.at, needed)
        return Inline(use.place, first, use.at, use.value, "loss", use.last_line)
    name, place, at = use.value.id, use.place, use.at
    while not (found := [n for n in range(at) if name in bound([place.body[n]])]):
        outside = place.out()
        if outside is None or name in bound([outside.body[outside.levels[-1].index]]):
            return None  # a parameter, or what a loop or a handler takes it from
        place, at = outside, outside.levels[-1].index
    last = found[-1]
    while isinstance(block := place.body[last], ast.With):
        found = [n for n, each in enumerate(block.body) if name in bound([each])]
        if not found:
            return None
        place, last = place.into(last, block, block.body), found[-1]
    statement = place.body[last]
    if isinstance(statement, ast.Import | FunctionNode | ast.ClassDef) or _plain(statement, place):
        return None
    reading = set(Liveness([statement], frozenset({name})).before)
    return Inline(place, first_of(place, last, last + 1, reading), last + 1, None, name, use.last_line)


def _plain(statement: ast.stmt, place: Place) -> bool:
    """Whether a loss comes from a function of its own already, or is handed on as it is."""
    if not isinstance(statement, ast.Assign):
        return False
    match statement.value:
        case ast.Call(func=ast.Name(id=name)):
            module = place.levels[0].body
            return any(isinstance(each, FunctionNode) and each.name == name for each in module)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if place.method:
            own = place.method[0].body
            return any(isinstance(each, FunctionNode) and each.name == name for each in own)
    return not any(isinstance(node, ast.Call | ast.BinOp) for node in walk_tree(statement.value))
