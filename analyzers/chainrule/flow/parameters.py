"""What the parameters of a called function stand for: arguments, defaults, or what is not known."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.values import Const, Default, Function, Map, Seq, Value
from chainrule.flow.core.words import words
from chainrule.flow.operations import iteration
from chainrule.flow.operations.records import network_of

# What a constructor that is given it keeps as a network, although losses may call a value so.
_LEARNERS = frozenset(("student", "policy"))


def given_arguments(interp: Interpreter, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
    """The positional arguments of a call, and those by name; what is spread is spread."""
    arguments: list[Value] = []
    for each in node.args:
        if isinstance(each, ast.Starred):
            spread, exact = iteration.elements(interp, interp.evaluate(each.value), each)
            arguments.extend(spread)
            if not exact and spread:
                arguments.extend([spread[-1]] * 2)
        else:
            arguments.append(interp.evaluate(each))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = interp.evaluate(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, Map):
            keywords.update({str(key): item for key, item in value.items.items()})
        else:
            keywords["**"] = value
    return arguments, keywords


def bind_arguments(
    interp: Interpreter, function: Function, arguments: Sequence[Value] | None, keywords: Mapping[str, Value]
) -> None:
    """Give the parameters of the function on top of the stack their values."""
    spec = function.node.args
    names = interp.frame.scope.names
    positional = [*spec.posonlyargs, *spec.args]
    given: list[Value] = list(arguments or ())
    if function.bound is not None:
        given.insert(0, function.bound)
    defaults = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
    used: set[str] = set()
    for index, (parameter, default) in enumerate(zip(positional, defaults, strict=True)):
        if index < len(given):
            value: Value = given[index]
        elif parameter.arg in keywords:
            value = keywords[parameter.arg]
        else:
            place = index - (function.bound is not None)
            value = _default(interp, function, default, arguments is None, parameter, place)
        used.add(parameter.arg)
        names[parameter.arg] = value
    if spec.vararg is not None:
        rest = given[len(positional) :]
        # What was spread from a sequence of unknown length stands there three times.
        spread = len(rest) > 2 and rest[-1] is rest[-2] is rest[-3]
        names[spec.vararg.arg] = Seq(rest, "tuple", arguments is not None and not spread)
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if parameter.arg in keywords:
            names[parameter.arg] = keywords[parameter.arg]
        else:
            names[parameter.arg] = _default(interp, function, default, arguments is None, parameter)
        used.add(parameter.arg)
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = Map({k: v for k, v in keywords.items() if k not in used})


def _is_network(name: str) -> bool:
    return role_of(name) == "callable" or not _LEARNERS.isdisjoint(words(name))


def _default(
    interp: Interpreter,
    function: Function,
    default: ast.expr | None,
    unknown: bool,
    parameter: ast.arg,
    position: int = -1,
) -> Value:
    made = function.owner.node.name if function.owner is not None else ""
    given = _given(interp, function, default, parameter, made, position) if unknown else None
    if given is not None:
        return given
    if default is None:
        return Const(None, known=False) if unknown else interp.unknown(parameter, op="argument")
    value = interp.evaluate_beside(function, default)
    if unknown and isinstance(value, Const):
        made = made or getattr(function.node, "name", "")
        return interp.setting(Default(made, parameter.arg, position, value.value))
    return value


def _given(
    interp: Interpreter,
    function: Function,
    default: ast.expr | None,
    parameter: ast.arg,
    made: str,
    position: int,
) -> Value | None:
    """What somebody gives to an argument: a network, or a function or an object of the file."""
    network = default is None and (
        _is_network(parameter.arg) or f"{parameter.arg}.parameters()" in function.block.text
    )
    if network:
        others = [each.arg for each in function.node.args.args if each is not parameter]
        found = network_of(interp, parameter, made, position, others)
        if found is not None:
            return found
    if made and function.module is interp.module and not _is_something(default):
        handed = interp.given(made, parameter.arg, position)
        if handed is not None:
            return handed
    return interp.source(f"self.{parameter.arg}", "callable", parameter) if network else None


def _is_something(default: ast.expr | None) -> bool:
    """Whether a default is more than a sign that nothing was given: `None`, `()`."""
    if isinstance(default, (ast.Tuple, ast.List)):
        return bool(default.elts)
    return default is not None and not (isinstance(default, ast.Constant) and default.value is None)
