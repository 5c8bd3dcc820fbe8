"""The values with which parameters start, followed through what is computed from nothing else.

Where they leave no slope, a parameter stays what it was: no step of an optimiser moves it.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from chainrule.flow.core import bounds
from chainrule.flow.core.bounds import Interval
from chainrule.flow.core.graph import ANY, Node, flowing_parents
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Tensor, Value
from chainrule.flow.numbers.ranges import is_flat, of_operator

BEYOND, FAR = "start", "start, far"
"""The notes of a parameter that starts beyond a bound; of one that no smooth bound would let go of either."""
_ZERO = Interval(0.0, 0.0)
PRODUCTS = frozenset(("matmul", "mm", "bmm", "mul", "multiply", "mv", "linear", "einsum"))
# What reads the number that a parameter holds.
_READS = frozenset(("item", "detach", "data"))
_ANSWERS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
# What is 0 only where its operand is, or where sums of it happen to be.
_MAGNITUDES = frozenset("abs square pow sum mean div mult norm vector_norm sqrt unsqueeze view write".split())
_CONSTANTS = {"constant_": None, "zeros_": 0.0, "ones_": 1.0}


def start(interp: Interpreter, parameter: Node, data: Value) -> None:
    """`nn.Parameter(data)`."""
    if isinstance(data, Tensor) and data.node.bounds is not ANY and interp.constant(data.node):
        interp.starts[parameter] = data.node.bounds


def restart(interp: Interpreter, name: str, arguments: list[Value]) -> None:
    """`torch.nn.init.name(parameter, …)`."""
    if not arguments or not isinstance(arguments[0], Tensor):
        return
    parameter = arguments[0].node
    interp.starts.pop(parameter, None)
    if name == "uniform_":
        _spread(interp, parameter, [each.value for each in arguments[1:3] if isinstance(each, Const)])
    number = _CONSTANTS.get(name, "random")
    if number is None and len(arguments) > 1 and isinstance(arguments[1], Const):
        number = arguments[1].value  # type: ignore[assignment]
    if isinstance(number, (int, float)):
        interp.starts[parameter] = bounds.of_number(number)


def refill(interp: Interpreter, name: str, tensor: Tensor, bound: Mapping[str, Value]) -> None:
    """`parameter.fill_(value)`, `parameter.data.zero_()`."""
    value = bound.get("value")
    number = 0.0 if name == "zero" else value.value if isinstance(value, Const) else None
    whole = tensor
    while whole.base is not None and whole.detached:
        whole = whole.base
    if name in ("zero", "fill") and whole.leaf and isinstance(number, (int, float)):
        interp.starts[whole.node] = bounds.of_number(number)
    elif name == "uniform" and whole.leaf:
        limits = (bound.get("from"), bound.get("to"))
        _spread(interp, whole.node, [each.value for each in limits if isinstance(each, Const)])


def _spread(interp: Interpreter, parameter: Node, limits: list[object]) -> None:
    """Note that a parameter starts anywhere between two numbers."""
    low, high = limits if len(limits) == 2 else (None, None)
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        interp.starts[parameter] = Interval(float(low), float(high))


def stuck(interp: Interpreter, name: str, bound: Mapping[str, Value], head: Node) -> bool:
    """Whether the operator `name` is flat where its operand starts."""
    begun = interp.starts.get(head)
    return begun is not None and is_flat(name, bound, begun)


def note(interp: Interpreter, head: Node) -> str:
    """The note of an operand that starts where an operator is flat: does a sigmoid have a slope there?"""
    return FAR if is_flat("sigmoid", {}, interp.starts[head]) else BEYOND


def follow(interp: Interpreter, made: Node, name: str, bound: Mapping[str, Value], head: Node) -> None:
    """Note where the result of an operator starts, if all its operands are known to."""
    tensors = [value.node for value in bound.values() if isinstance(value, Tensor)]
    bias = bound.get("bias")
    added = bias.node if name == "linear" and isinstance(bias, Tensor) else None
    if name in PRODUCTS and any(node is not added and starts_at_zero(interp, node) for node in tensors):
        if added is None or starts_at_zero(interp, added):
            interp.starts[made] = _ZERO
    elif all(node in interp.starts or _fixed(node) for node in tensors):
        begun = of_operator(name, bound, head, lambda node: interp.starts.get(node, node.bounds))
        if begun is not ANY:
            interp.starts[made] = begun


def follow_binary(interp: Interpreter, made: Node, op: ast.operator, left: Value, right: Value) -> None:
    """`left op right`."""
    if isinstance(op, (ast.Mult, ast.MatMult)) and any(
        isinstance(value, Tensor) and starts_at_zero(interp, value.node) for value in (left, right)
    ):
        interp.starts[made] = _ZERO
        return
    parts: list[Interval] = []
    for value in (left, right):
        if isinstance(value, Tensor):
            begun = interp.starts.get(value.node)
            if begun is None and not _fixed(value.node):
                return
            parts.append(begun or value.node.bounds)
        else:
            parts.append(bounds.of_number(value.value) if isinstance(value, Const) else ANY)
    if isinstance(op, ast.Pow):
        begun = bounds.power(parts[0], right.value if isinstance(right, Const) else None)
    else:
        begun = bounds.arithmetic(op, parts[0], parts[1])
    if begun is not ANY:
        interp.starts[made] = begun


def of_layer(interp: Interpreter, made: Node, weight: Node, bias: Value | None) -> None:
    """What a linear layer gives at the start: 0, if its weight is, and its bias too or it has none."""
    without = isinstance(bias, Const) and bias.value is False
    if starts_at_zero(interp, weight) and (
        without or (isinstance(bias, Tensor) and starts_at_zero(interp, bias.node))
    ):
        interp.starts[made] = _ZERO


def both_zero(interp: Interpreter, one: Node | None, other: Node | None) -> bool:
    """Whether two factors start at 0: the slope of each is the other, so neither ever moves."""
    return (
        one is not None
        and other is not None
        and starts_at_zero(interp, one)
        and starts_at_zero(interp, other)
    )


def is_never_zero(interp: Interpreter, node: Node) -> bool:
    """Whether a magnitude of parameters alone is 0 with probability 0: they do not start there."""
    found = False
    pending, seen = [node], 0
    while pending and seen < 40:
        each = pending.pop()
        seen += 1
        if each.source is not None:
            if each.source.role not in ("parameter", "leaf") or starts_at_zero(interp, each):
                return False
            found = True
        elif each.op not in _MAGNITUDES:
            return False
        pending.extend(flowing_parents(each))
    return found and not pending


def starts_at_zero(interp: Interpreter, node: Node) -> bool:
    """Whether training begins with 0 here."""
    begun = interp.starts.get(node)
    return begun is not None and begun.low == begun.high == 0


def begins_with(interp: Interpreter, condition: Node) -> tuple[Node, bool] | None:
    """A parameter that alone decides a comparison with a number, and the answer before the first step."""
    at = condition.at
    if not isinstance(at, ast.Compare) or len(at.ops) != 1 or len(condition.edges) != 1:
        return None
    number = at.comparators[0]
    if isinstance(number, ast.UnaryOp) and isinstance(number.op, ast.USub):
        number = number.operand
    asked = condition.edges[0][0]
    while asked.op in _READS and len(asked.edges) == 1:
        asked = asked.edges[0][0]
    begun = interp.starts.get(asked)
    if begun is None or begun.low != begun.high or asked.source is None:
        return None
    if not isinstance(number, ast.Constant) or not isinstance(number.value, (int, float)):
        return None
    limit = -number.value if number is not at.comparators[0] else number.value
    answer = _ANSWERS.get(type(at.ops[0]))
    return None if answer is None else (asked, answer(begun.low, limit))


def _fixed(node: Node) -> bool:
    """A tensor of numbers that stand in the program."""
    return not node.edges and node.source is None and node.bounds is not ANY
