"""Questions about the type of a value: `isinstance(x, list)`, `torch.is_tensor(x)`.

What a call hands over decides them there: a list of tensors is no tensor.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.values import NONE, Const, External, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations.settings import answer, are_settled
from chainrule.gradient_facts import lookup

# Nodes of what may be a number, an array or a container as well as a tensor.
_OPEN = frozenset(("source", "call", "attribute", "element", "name", "argument", "self"))
_SEQUENCES = frozenset(("list", "tuple", "set"))
# Abstract classes of numbers and containers, by the classes that belong to them.
_ABSTRACT = {
    "Number": ("int", "float", "bool"),
    "Real": ("int", "float", "bool"),
    "Integral": ("int", "bool"),
    "Sequence": ("list", "tuple", "str", "bytes"),
    "Iterable": ("list", "tuple", "set", "dict", "str", "bytes"),
    "Mapping": ("dict",),
}


def is_instance(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`isinstance(value, classes)`."""
    if len(arguments) != 2:
        return Const(None, known=False)
    value = arguments[0]
    classes = arguments[1].items if isinstance(arguments[1], Seq) else [arguments[1]]
    answers = [_is_one(value, each) for each in classes]
    if True not in answers and (None in answers or not answers):
        return Const(None, known=False)
    return answer([value] if isinstance(value, Const) else [], True in answers)


def is_tensor(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`torch.is_tensor(value)`."""
    answer = _is_one(arguments[0], External("torch.Tensor")) if arguments else None
    return Const(answer, known=answer is not None)


def is_floating_point(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`value.is_floating_point()`: true of all that gradient goes through to what learns."""
    if not arguments or not isinstance(arguments[0], Tensor):
        return Const(None, known=False)
    node = arguments[0].node
    if node.dtype in ("int", "bool"):
        return Const(False)
    return Const(True) if _learns(node) or node.dtype == "float" else Const(None, known=False)


def has_attribute(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`hasattr(value, name)`: true where an object has it, and of tensors that learn."""
    owner, name = [*arguments, NONE, NONE][:2]
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return Const(None, known=False)
    held = isinstance(owner, Instance) and name.value in owner.attributes
    if isinstance(owner, Tensor) and _learns(owner.node):
        held = lookup(f"Tensor.{name.value}") is not None
    return Const(True) if held else Const(None, known=False)


def _learns(node: Node) -> bool:
    """Whether gradient that reaches `node` goes on to what surely learns: it is a tensor of floats."""
    return any(each.source is not None and each.source.role in STRONG for each in behind(node))


def _is_one(value: Value, cls: Value) -> bool | None:
    """Whether `value` is an object of the library's class `cls`; None where it may be."""
    if not isinstance(cls, External):
        return None
    module, _, name = cls.dotted.rpartition(".")
    if isinstance(value, Tensor):
        if value.node.op in _OPEN or name == "Parameter":
            return None
        return name.endswith("Tensor") if value.node.kind == "tensor" else None
    if isinstance(value, Instance) and value.external == cls.dotted:
        return True
    if isinstance(value, (Seq, Map)):
        kind = "dict" if isinstance(value, Map) else value.kind
        if kind not in (*_SEQUENCES, "dict"):
            return None
        return _belongs(kind, module, name)
    if isinstance(value, Const) and are_settled([value]):
        if value.value is None:
            return False
        return _belongs(type(value.value).__name__, module, name)
    return None


def _belongs(kind: str, module: str, name: str) -> bool | None:
    """Whether an object of the builtin class `kind` is one of the class `module.name`."""
    if module == "builtins":
        return kind == name or (kind == "bool" and name == "int")
    if name in _ABSTRACT:
        return kind in _ABSTRACT[name]
    return False if module.partition(".")[0] in ("torch", "numpy") else None
