"""What a file does with a function, and with what it gives: is anything but a figure wanted?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from chainrule.flow.core.kinds import Kind, kind_of
from chainrule.flow.core.loss_part import LOSS_KEYS
from chainrule.flow.core.program import Module
from chainrule.flow.core.taken import arguments_of, taken
from chainrule.flow.core.uses import Place, attributes, names
from chainrule.flow.core.words import LOSS_WORDS, words

CALLED = frozenset(("forward", "__call__"))
"""The methods that calling an object runs."""
# What makes numbers of tensors, or takes them out of their graph.
_NUMBERS = frozenset(("item", "tolist", "numpy", "detach"))
_CONVERTERS = frozenset(("float", "int", "bool", "print", "str", "format"))
_COMBINES = frozenset(("max", "min", "sum", "abs", "round", "len"))
# What keeps what it is given for others to compute with.
_GROWS = frozenset(("append", "appendleft", "add", "extend", "insert", "update", "put", "setdefault"))
_COPIES = frozenset(("list", "tuple", "dict", "sorted", "enumerate", "zip", "reversed", "set"))
_DISPLAYS = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Starred, ast.keyword)
_ARITHMETIC = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Await)
_DEPTH = 6

_Asked = tuple[ast.AST | None, str]
"""A name, and the function that it is a name in."""
_Question = Callable[[Place, int], bool]


class Reports:
    """Follows a function through a file.

    `cut`: which of its arguments `takes` get no gradient from it. `is_called`: whether a call was met.
    `calls`: those that are given what has its graph.
    """

    def __init__(self, module: Module, takes: Sequence[str], cut: frozenset[str]) -> None:
        self._module = module
        self._takes = takes
        self._cut = cut
        self._asked: set[tuple[_Asked, str]] = set()
        self.is_called = False
        self.calls: list[Place] = []

    def of_function(self, place: Place, depth: int = 0) -> bool:
        """Whether all that the function at `place` gives is reported, wherever it is called."""
        around, node = place.around, place.node
        if isinstance(around, ast.Call) and around.func is node:
            self.is_called = True
            if self._is_detached(around):
                return True
            self.calls.append(place)
            return self.of_result(place.at(around), depth)
        if isinstance(around, ast.Assign) and around.value is node:
            return self._of_targets(place, around.targets, self.of_function, depth)
        if isinstance(around, (ast.keyword, ast.Call)):
            return self._of_parameter(place, self.of_function, depth)
        if isinstance(around, (ast.Dict, ast.List, ast.Tuple)):
            return self._of_several(place.at(around), depth)
        return False

    def _is_detached(self, call: ast.Call) -> bool:
        """Whether a call gives the arguments that gradient is to reach nothing that has a graph."""
        by_name = {each.arg: each.value for each in call.keywords if each.arg is not None}
        given = dict(zip(self._takes, call.args, strict=False)) | by_name
        wanted = [name for name in given if name in self._cut] or list(given)
        return bool(wanted) and all(_is_stopped(given[name]) for name in wanted)

    def of_result(self, place: Place, depth: int = 0) -> bool:
        """Whether nothing but the number of the expression at `place` is wanted."""
        around, node = place.around, place.node
        if around is None or depth > _DEPTH or place.is_without_graph:
            return around is not None and depth <= _DEPTH
        if isinstance(around, ast.Attribute):
            method = place.at(around).around
            if isinstance(method, ast.Call) and method.func is around:
                if around.attr in _NUMBERS or around.attr == "backward":
                    return around.attr != "backward"
                grows = around.attr in _GROWS and isinstance(place.at(method).around, ast.Expr)
                return grows or self.of_result(place.at(method), depth)
            return around.attr == "data"
        if isinstance(around, ast.Call):
            return self._is_reported_by(around, place, depth)
        if isinstance(around, (ast.FormattedValue, ast.Compare, ast.If, ast.While, ast.Assert, ast.Expr)):
            return True
        if isinstance(around, ast.IfExp) and around.test is node:
            return True
        if isinstance(around, ast.Subscript) and around.value is node:
            return self.of_result(place.at(around), depth)
        if isinstance(place.at(around).around, ast.Return) and _is_beside_loss(around, node):
            return True
        if isinstance(around, (*_DISPLAYS, *_ARITHMETIC, ast.IfExp, ast.DictComp, ast.ListComp)):
            return self.of_result(place.at(around), depth)
        if isinstance(around, ast.Assign):
            return self._of_targets(place, around.targets, self.of_result, depth)
        if isinstance(around, ast.AugAssign):
            return self._of_targets(place, [around.target], self.of_result, depth)
        if isinstance(around, ast.Return):
            return self._is_returned_to_report(place, depth)
        return False

    def _is_returned_to_report(self, place: Place, depth: int) -> bool:
        """Whether what is returned at `place` is, wherever the function around it is called."""
        function, owner = place.function, place.owner
        if function is None or kind_of(function, owner) is Kind.METRIC:
            return function is not None
        if owner is not None or kind_of(function, owner) is Kind.LOSS:
            return False
        uses = [each for each in names(self._module, function.name) if each.function is not function]
        return bool(uses) and self._of_all(uses, (None, function.name), self.of_function, depth)

    def _is_reported_by(self, call: ast.Call, place: Place, depth: int) -> bool:
        func = call.func
        if isinstance(func, ast.Name):
            if func.id in _CONVERTERS:
                return True
            if func.id in _COMBINES:
                return self.of_result(place.at(call), depth)
        if not isinstance(place.at(call).around, ast.Expr):
            return False
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if f"def {name}(" in self._module.text or name in self._module.bindings:
            return self._of_parameter(place, self.of_result, depth)
        if name in _GROWS and isinstance(func, ast.Attribute):
            return self._of_targets(place, [func.value], self.of_result, depth)
        return name != "backward"  # what is handed to a logger

    def _of_targets(self, place: Place, targets: list[ast.expr], ask: _Question, depth: int) -> bool:
        """Whether the answer is yes for what is assigned to `targets` or put into them, wherever read."""
        if len(targets) != 1 or depth > _DEPTH:
            return False
        target = targets[0].value if isinstance(targets[0], ast.Subscript) else targets[0]
        if isinstance(target, ast.Name):
            given = target is not targets[0] and target.id in arguments_of(place.function)
            read = [each for each in names(self._module, target.id, place) if not _is_written(each)]
            return not given and self._of_all(read, (place.function, target.id), ask, depth)
        if isinstance(target, ast.Attribute):
            uses = [each for each in attributes(self._module, target.attr) if not _is_written(each)]
            # What nobody reads here, others may.
            return bool(uses) and self._of_all(uses, (None, target.attr), ask, depth)
        return False

    def _of_all(self, uses: Iterable[Place], asked: _Asked, ask: _Question, depth: int) -> bool:
        key = (asked, ask.__name__)
        if key in self._asked:
            return True
        self._asked.add(key)
        return all(ask(each, depth + 1) for each in uses)

    def _of_parameter(self, place: Place, ask: _Question, depth: int) -> bool:
        """Whether the answer is yes for what a function or class of the file does with its argument."""
        found = taken(self._module, place) if depth <= _DEPTH else None
        if found is None:
            return False
        return all(
            self._of_all(
                [use for use in each.uses if not _is_written(use)], (each.function, each.name), ask, depth
            )
            for each in found
        )

    def _of_several(self, place: Place, depth: int) -> bool:
        """Whether all that the functions in the container at `place` give is reported."""
        around, node = place.around, place.node
        if depth > _DEPTH:
            return False
        if isinstance(around, ast.Assign) and around.value is node:
            return self._of_targets(place, around.targets, self._of_several, depth)
        if isinstance(around, (ast.List, ast.Tuple, ast.Dict)):
            return self._of_several(place.at(around), depth)
        if isinstance(around, (ast.keyword, ast.Call)):
            if isinstance(around, ast.Call) and isinstance(around.func, ast.Name):
                if around.func.id in _CONVERTERS | _COMBINES:
                    return True
                if around.func.id in _COPIES:
                    return self._of_several(place.at(around), depth)
            return self._of_parameter(place, self._of_several, depth)
        if isinstance(around, ast.Subscript) and around.value is node:
            return self.of_function(place.at(around), depth)
        if isinstance(around, ast.Attribute):
            call = place.at(around).around
            if not isinstance(call, ast.Call) or around.attr not in ("items", "values", "get", "keys"):
                return False
            if around.attr == "get":
                return self.of_function(place.at(call), depth)
            return around.attr == "keys" or self._of_several(place.at(call), depth)
        if isinstance(around, (ast.For, ast.AsyncFor, ast.comprehension)) and around.iter is node:
            return all(self._of_element(place, name, depth) for name in _names(around.target))
        return isinstance(around, ast.Compare)

    def _of_element(self, place: Place, name: ast.Name, depth: int) -> bool:
        """Whether all that is called by the name of a loop is reported."""
        uses = [each for each in names(self._module, name.id, place) if _is_called(each)]
        return self._of_all(uses, (name, name.id), self.of_function, depth)


def _is_beside_loss(whole: ast.AST, part: ast.AST) -> bool:
    """Whether a part of what is returned comes with a loss: `loss, {"acc": hits(out, y)}`."""
    if isinstance(whole, ast.Tuple):
        return any(isinstance(each, ast.Name) and each.id in LOSS_KEYS for each in whole.elts)
    if not isinstance(whole, ast.Dict):
        return False
    keys = {getattr(key, "value", None): value for key, value in zip(whole.keys, whole.values, strict=True)}
    called = [key for key, value in keys.items() if value is part and isinstance(key, str)]
    beside = any(key in LOSS_KEYS for key in keys)
    return beside and all(LOSS_WORDS.isdisjoint(words(key)) for key in called)


def _is_written(place: Place) -> bool:
    """Whether what is at a place is only written into: `self.stats["acc"] = …`, `self.scores.append(…)`."""
    around = place.around
    if isinstance(around, ast.Subscript):
        return isinstance(around.ctx, ast.Store)
    call = place.at(around).around if isinstance(around, ast.Attribute) and around.attr in _GROWS else None
    return isinstance(call, ast.Call) and isinstance(place.at(call).around, ast.Expr)


def _names(target: ast.expr) -> Iterator[ast.Name]:
    return (each for each in ast.walk(target) if isinstance(each, ast.Name))


def _is_called(place: Place) -> bool:
    around = place.around
    return isinstance(around, ast.Call) and around.func is place.node


def _is_stopped(value: ast.expr) -> bool:
    """`z.detach()`, `z.data`."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr == "detach"
    return isinstance(value, ast.Attribute) and value.attr == "data"
