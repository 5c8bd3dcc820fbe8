"""Methods of lists, dicts and tuples."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Const, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations import iteration
from chainrule.flow.operations.counts import SETS

MAX_ITEMS = 12
BETWEEN = "between"
"""Noted with a layer that a loop adds on a branch, as `if i < last`: it may not be the last of the list."""
_APPENDING = frozenset(("append", "add", "appendleft", "insert"))
_SET_ALGEBRA = frozenset(("intersection", "union", "difference", "symmetric_difference"))
_GROWING = _APPENDING | {"extend", "update"}


def call_container(
    interp: Interpreter,
    owner: Seq | Map,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)`."""
    if isinstance(owner, Seq):
        return _of_sequence(interp, owner, name, arguments, keywords, at)
    return _of_mapping(interp, owner, name, arguments, keywords, at)


def mapping(interp: Interpreter, value: Value, at: ast.AST) -> Map:
    """`dict(value)`: a copy of a mapping, or one made of pairs."""
    if isinstance(value, Map):
        return Map(dict(value.items), value.rest)
    made = Map({})
    for pair in iteration.elements(interp, value, at)[0]:
        if isinstance(pair, Seq) and len(pair.items) == 2:
            key, item = pair.items
            if isinstance(key, Const) and key.known and isinstance(key.value, str):
                made.items[key.value] = item
            else:
                made.rest = item
    return made


def _of_sequence(
    interp: Interpreter,
    owner: Seq,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    if name in _GROWING and arguments:
        for each in owner.either:
            _of_sequence(interp, each, name, arguments, keywords, at)
    if name in _APPENDING and arguments:
        item = arguments[-1]
        if isinstance(item, Tensor) and interp.loops:
            interp.note_item(item.node)
        elif isinstance(item, Instance) and interp.loops and interp.journal is not None:
            item.arguments[BETWEEN] = NONE
        if len(owner.items) < MAX_ITEMS:
            owner.items.append(item)
        else:
            owner.items[-1] = interp.join([owner.items[-1], item], at)
        # A list that grows in a loop or a branch has any number of such items.
        owner.exact = False
        return NONE
    if name in ("extend", "update") and arguments:
        owner.items.extend(iteration.elements(interp, arguments[0], at)[0][:MAX_ITEMS])
        owner.exact = False
        return NONE
    if name in ("pop", "popleft"):
        return iteration.element(interp, owner, at)
    if name == "copy":
        return Seq(list(owner.items), owner.kind, owner.exact)
    if name in _SET_ALGEBRA and owner.kind in SETS:
        others = [each for argument in arguments for each in iteration.elements(interp, argument, at)[0]]
        return Seq([*owner.items, *others], "set", False)
    if name in ("index", "count"):
        return Const(None, known=False, data=True)
    if name == "clear":
        owner.items.clear()
        return NONE
    if name == "_replace":
        fields = zip(owner.fields, owner.items, strict=False)
        return Seq([keywords.get(field, item) for field, item in fields], "tuple", True, owner.fields)
    if name == "_asdict":
        return Map(dict(zip(owner.fields, owner.items, strict=False)))
    return NONE


def delete(interp: Interpreter, target: ast.Subscript) -> None:
    """`del rows[:]`: nothing is left of a list; `del table[key]`."""
    owner = interp.evaluate(target.value)
    if isinstance(owner, Seq) and is_whole(target.slice):
        owner.items.clear()
    elif isinstance(owner, Map):
        key = interp.evaluate(target.slice)
        if isinstance(key, Const) and key.known and isinstance(key.value, (str, int)) and not interp.journal:
            owner.items.pop(key.value, None)


def is_whole(index: ast.expr) -> bool:
    """Whether an index is `[:]`."""
    return isinstance(index, ast.Slice) and index.lower is index.upper is index.step is None


def _of_mapping(
    interp: Interpreter,
    owner: Map,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    values = [*owner.items.values(), *([owner.rest] if owner.rest is not None else [])]
    exact = owner.rest is None
    if name == "items":
        pairs: list[Value] = [Seq([Const(key), value], "tuple") for key, value in owner.items.items()]
        if owner.rest is not None:
            pairs.append(Seq([Const(None, known=False), owner.rest], "tuple"))
        return Seq(pairs, "list", exact)
    if name == "values":
        return Seq(values, "list", exact)
    if name == "keys":
        return Seq([Const(key) for key in owner.items], "list", exact)
    if name in ("get", "pop", "setdefault") and arguments:
        key = arguments[0]
        if (
            isinstance(key, Const)
            and key.known
            and isinstance(key.value, (str, int))
            and key.value in owner.items
        ):
            return owner.items[key.value]
        interp.note_setting(key, at)
        default = arguments[1] if len(arguments) > 1 else NONE
        if name == "setdefault" and isinstance(key, Const) and isinstance(key.value, (str, int)):
            interp.put(owner.items, key.value, default)
            return default
        if name == "setdefault" and not values:
            owner.rest = default  # what is put into it is found under any key
            return default
        if name == "setdefault" and len(values) == 1 and owner.rest is not None:
            return owner.rest
        return interp.join([*values, default], at) if not (isinstance(key, Const) and key.known) else default
    if name == "popitem" and values:
        keys = [Const(key) for key in owner.items] if exact and len(values) == 1 else []
        return Seq([*(keys or [Const(None, known=False)]), interp.join(values, at)], "tuple")
    if name == "clear":
        owner.items.clear()
        owner.rest = None if owner.factory is None else interp.call(owner.factory, [], {}, at)
        return NONE
    if name == "update":
        if arguments and isinstance(arguments[0], Map):
            for key_, value in arguments[0].items.items():
                interp.put(owner.items, key_, value)
            owner.rest = arguments[0].rest or owner.rest
        for key_, value in keywords.items():
            interp.put(owner.items, key_, value)
        return NONE
    if name == "add_module" and len(arguments) == 2:
        label, layer = arguments
        if isinstance(label, Const) and label.known and isinstance(label.value, str):
            interp.put(owner.items, label.value, layer)
        else:  # by a name that a loop gives
            owner.rest = layer if owner.rest is None else interp.join([owner.rest, layer], at)
        return NONE
    if name == "copy":
        return Map(dict(owner.items), owner.rest)
    return NONE
