"""Python's own modules that losses run into: operator, functools, itertools, collections, copy."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    NONE,
    Class,
    Const,
    External,
    Function,
    Instance,
    Map,
    Partial,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.effects import operators
from chainrule.flow.effects.builtin_calls import call_builtin
from chainrule.flow.operations import copies, fields, subscripts
from chainrule.flow.operations.arithmetic import binary
from chainrule.flow.operations.attributes import attribute
from chainrule.flow.operations.containers import mapping
from chainrule.flow.operations.iteration import element, elements
from chainrule.gradient_facts import lookup

Handler = Callable[[Interpreter, list[Value], dict[str, Value], ast.AST], Value]
GETTERS = frozenset(("operator.itemgetter", "operator.attrgetter", "operator.methodcaller"))
# Functions of `operator` by the arithmetic they stand for; torch has the others under the same names.
_ARITHMETIC: dict[str, ast.operator] = {
    "add": ast.Add(),
    "iadd": ast.Add(),
    "sub": ast.Sub(),
    "isub": ast.Sub(),
    "mul": ast.Mult(),
    "imul": ast.Mult(),
    "truediv": ast.Div(),
    "itruediv": ast.Div(),
    "floordiv": ast.FloorDiv(),
    "mod": ast.Mod(),
    "pow": ast.Pow(),
    "matmul": ast.MatMult(),
    "and_": ast.BitAnd(),
    "or_": ast.BitOr(),
    "xor": ast.BitXor(),
}
_OF_TORCH = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "neg", "abs"))


def call_operator(
    interp: Interpreter, name: str, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`operator.name(...)`."""
    op = _ARITHMETIC.get(name)
    if op is not None and len(arguments) == 2:
        return binary(interp, op, arguments[0], arguments[1], at)
    if name == "getitem" and len(arguments) == 2:
        return subscripts.item(interp, arguments[0], arguments[1], at)
    known = lookup(f"torch.{name}") if name in _OF_TORCH else None
    if known is not None and any(isinstance(value, Tensor) for value in arguments):
        return operators.apply(interp, known, name, arguments, keywords, at)
    if all(isinstance(value, Const) for value in arguments):
        return Const(None, known=False, data=any(isinstance(v, Const) and v.data for v in arguments))
    return interp.unknown(at, arguments)


def get(interp: Interpreter, getter: Instance, owner: Value, at: ast.AST) -> Value:
    """`itemgetter(i)(owner)`, `attrgetter("a.b")(owner)`, `methodcaller("m", …)(owner)`."""
    given = [value for key, value in getter.arguments.items() if key.isdigit()]
    if getter.external == "operator.methodcaller":
        name = _text(given[0]) if given else None
        if name is None:
            return interp.unknown(at, [owner, *given])
        keywords = {key: value for key, value in getter.arguments.items() if not key.isdigit()}
        return interp.call(_attributes(interp, owner, name, at), given[1:], keywords, at)
    found: list[Value] = []
    for key in given:
        name = _text(key)
        if getter.external == "operator.itemgetter":
            found.append(subscripts.item(interp, owner, key, at))
        elif name is not None:
            found.append(_attributes(interp, owner, name, at))
    return found[0] if len(found) == 1 else Seq(found, "tuple")


def _text(value: Value) -> str | None:
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


def _attributes(interp: Interpreter, owner: Value, path: str, at: ast.AST) -> Value:
    for name in path.split("."):
        owner = attribute(interp, owner, name, at)
    return owner


def _partial(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return Partial(arguments[0], arguments[1:], dict(keywords)) if arguments else NONE


def _reduce(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if len(arguments) < 2:
        return NONE
    items = elements(interp, arguments[1], at)[0]
    rest = [*arguments[2:3], *items]
    total = rest[0] if rest else NONE
    for item in rest[1:4]:
        total = interp.call(arguments[0], [total, item], {}, at)
    return total


def _combinations(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:

    if not arguments:
        return Seq([], exact=False)
    one = element(interp, arguments[0], at)
    size = arguments[1].value if len(arguments) > 1 and isinstance(arguments[1], Const) else 2
    return Seq([Seq([one] * (size if isinstance(size, int) and 0 < size < 5 else 2), "tuple")], exact=False)


def _product(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    return Seq([Seq([element(interp, each, at) for each in arguments], "tuple")], exact=False)


def _chain(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    items: list[Value] = []
    for each in arguments:
        items.extend(elements(interp, each, at)[0])
    return Seq(items, exact=False)


def _defaultdict(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    if arguments and isinstance(arguments[0], (External, Function, Class)):
        return Map({}, interp.call(arguments[0], [], {}, at), arguments[0])
    return Map({}, Const(0))


def _deque(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    return call_builtin(interp, "list", arguments[:1], {}, at)


def _module(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`importlib.import_module(name)`: no tensor, whatever is in it."""
    return Const(None, known=False)


def _ordered(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    made = mapping(interp, arguments[0], at) if arguments else Map({})
    made.items.update(keywords)
    return made


HANDLERS: dict[str, Handler] = {
    "copy.copy": copies.copy,
    "copy.deepcopy": copies.copy,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "itertools.combinations": _combinations,
    "itertools.permutations": _combinations,
    "itertools.product": _product,
    "itertools.chain": _chain,
    "collections.defaultdict": _defaultdict,
    "collections.Counter": _defaultdict,
    "collections.OrderedDict": _ordered,
    "collections.deque": _deque,
    "collections.namedtuple": fields.named_tuple,
    "dataclasses.replace": fields.replace,
    "importlib.import_module": _module,
}
