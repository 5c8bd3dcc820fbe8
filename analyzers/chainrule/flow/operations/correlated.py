"""Branches that ask again what an earlier `if` has asked: which of its two values a name holds there.

if self.as_tensor:
    x = torch.as_tensor(x)
else:
    x = x.detach().numpy()
if not self.as_tensor:
    x = np.append(x, x)  # of the array, never of the tensor
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.state import MISSING, Decided, Store
from chainrule.flow.core.values import Instance, Tensor, Value
from chainrule.syntax import walk_tree

Facts = dict[str, bool]
"""Whether tests hold, by their text."""
Swapped = list[tuple[Store, str, Value, Value]]
"""Places, what they held outside the branch, and which of its two values they hold in it."""

_TESTS = (
    *(ast.Name, ast.Attribute, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp),
    *(ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop),
)
# What is one of several values where each of these is one.
_MADE_OF = frozenset(("phi", "select"))
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.IsNot: ast.Is, ast.NotEq: ast.Eq, ast.NotIn: ast.In}


class Left(NamedTuple):
    """A place that one side of an `if` wrote to: what it held before and holds now."""

    store: Store
    key: str
    before: object
    value: Value


Writes = dict[tuple[int, str], Left]


# A test is asked about in every run of its function, and on both sides.
_remembered = lru_cache(maxsize=512)


@_remembered
def is_steady(test: ast.expr) -> bool:
    """Whether a test gives the same answer again as long as the names in it stand for the same."""
    return all(isinstance(each, _TESTS) for each in walk_tree(test))


def writes(interp: Interpreter) -> Writes:
    """What the alternative that is being run has written to names and attributes so far."""
    found: Writes = {}
    for store, key, before in interp.journal or ():
        if isinstance(key, str) and (id(store), key) not in found:
            value = store.get(key)
            if isinstance(value, Value):
                found[id(store), key] = Left(store, key, before, value)
    return found


def remember(interp: Interpreter, test: ast.expr, held: Writes, failed: Writes) -> None:
    """Note the two values of each place that an `if` which has just been joined sets on either side."""
    places = []
    for place, left in {**held, **failed}.items():
        one = held[place].value if place in held else left.before
        other = failed[place].value if place in failed else left.before
        now = left.store.get(left.key, MISSING)
        joined = now is not one and now is not other and one is not other
        if joined and isinstance(one, Value) and isinstance(other, Value) and isinstance(now, Value):
            places.append((left.store, left.key, now, one, other))
    if places:
        decided = Decided(test, _looked_at(interp, test), interp.frame.scope.names, tuple(places))
        for text in _texts(test):
            interp.decided.setdefault(text, []).append(decided)


def swap(interp: Interpreter, test: ast.expr, holds: bool) -> Swapped:
    """Give places the one of their two values that they hold where `test` `holds`, from here on."""
    made: Swapped = []
    if not interp.decided:
        return made
    facts: Facts = {}
    _learn(test, holds, facts)
    names = interp.frame.scope.names
    chosen: dict[int, Node] = {}
    written: dict[tuple[int, str], Store] = {}
    for decided in [each for text in facts for each in interp.decided.get(text, ())]:
        answer = _answer(decided.test, facts)
        if answer is None or not _looks_at(interp, decided):
            continue
        for store, key, now, one, other in decided.places:
            if store is decided.names and store is not names:
                continue  # of a call that is over, or waits for this one
            value = one if answer else other
            if isinstance(now, Tensor) and isinstance(value, Tensor):
                chosen[id(now.node)] = value.node
                written[id(store), key] = store
            elif store.get(key) is now:
                interp.put(store, key, value)
                made.append((store, key, now, value))
    if chosen:
        written.update(((id(names), key), names) for key in names)
    for (_, key), store in written.items():
        whole = store.get(key)
        if isinstance(whole, Tensor) and whole.node.op in _MADE_OF:
            node = _rechosen(whole.node, chosen)
            if node is not whole.node:
                single = Tensor(node, whole.storage, whole.base)
                interp.put(store, key, single)
                made.append((store, key, whole, single))
    return made


def _rechosen(node: Node, chosen: dict[int, Node], depth: int = 6) -> Node:
    """`node` with what was `chosen` for the joined values that it was joined from."""
    if id(node) in chosen:
        return chosen[id(node)]
    if node.op not in _MADE_OF or not depth:
        return node
    edges = [(_rechosen(p, chosen, depth - 1) if gate is None else p, gate) for p, gate in node.edges]
    if all(one is other for (one, _), (other, _) in zip(edges, node.edges, strict=True)):
        return node
    made = Node(node.op, node.block, node.at, tuple(edges), node.kind, node.dtype, node.bounds)
    made.tags, made.saved = node.tags, node.saved
    return made


def swap_back(interp: Interpreter, swapped: list[Swapped], writes: list[Writes]) -> None:
    """After an `if`, let the places that both of its sides have left alone hold either value again."""
    inner = [{(id(store), key): inside for store, key, _, inside in made} for made in swapped]
    for store, key, outside, _ in [each for made in swapped for each in made]:
        place = id(store), key
        if all(
            place not in side or side[place].value is stands.get(place, outside)
            for side, stands in zip(writes, inner, strict=True)
        ):
            interp.put(store, key, outside)


def _looked_at(interp: Interpreter, test: ast.expr) -> tuple[Value | None, ...]:
    """What the names and attributes of a test stand for now."""
    return tuple(_values(interp, test))


def _values(interp: Interpreter, test: ast.expr) -> Iterator[Value | None]:
    for name, attribute in _names(test):
        value = interp.lookup(name)
        if attribute is None:
            yield value
        elif isinstance(value, Instance):
            yield value.attributes.get(attribute)


@_remembered
def _names(test: ast.expr) -> list[tuple[str, str | None]]:
    """The names in a test, and the attributes of names: `x.shape` is both."""
    found: list[tuple[str, str | None]] = []
    for each in walk_tree(test):
        if isinstance(each, ast.Name):
            found.append((each.id, None))
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            found.append((each.value.id, each.attr))
    return found


def _looks_at(interp: Interpreter, decided: Decided) -> bool:
    """Whether the names of an earlier test stand for what they stood for."""
    now = _looked_at(interp, decided.test)
    return len(now) == len(decided.looked_at) and all(map(operator.is_, now, decided.looked_at))


def _texts(test: ast.expr) -> Iterator[str]:
    """The texts of a test and of what it is made from."""
    yield _plain(test)[0]
    parts = [test.operand] if isinstance(test, ast.UnaryOp) else getattr(test, "values", ())
    for part in parts:
        yield from _texts(part)


@_remembered
def _plain(test: ast.expr) -> tuple[str, bool]:
    """The text of a test, and whether it is asked as it stands: `x is not None` asks the opposite."""
    if isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE and len(test.ops) == 1:
        opposite = ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
        return ast.dump(opposite), False
    return ast.dump(test), True


def _learn(test: ast.expr, holds: bool, facts: Facts) -> None:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        _learn(test.operand, not holds, facts)
        return
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
        for each in test.values:
            _learn(each, holds, facts)
    text, as_is = _plain(test)
    facts[text] = holds == as_is


def _answer(test: ast.expr, facts: Facts) -> bool | None:
    """What follows from `facts` for a test, None where nothing does."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _answer(test.operand, facts)
        return None if inner is None else not inner
    text, as_is = _plain(test)
    if text in facts:
        return facts[text] == as_is
    if isinstance(test, ast.BoolOp):
        answers = [_answer(each, facts) for each in test.values]
        decisive = isinstance(test.op, ast.Or)
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    return None
