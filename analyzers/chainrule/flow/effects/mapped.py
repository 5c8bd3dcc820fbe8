"""Functions of libraries that call another one for each tensor of a structure: `tree_map(fn, state)`."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import External, Function, Value

# What tells such a function, as a part of its name.
_NAMED = ("map", "apply")


def mapped(interp: Interpreter, name: str, arguments: list[Value], at: ast.AST) -> Value | None:
    """What a call of `name` gives, None where it is handed no function for the tensors that it is handed."""
    if len(arguments) < 2 or not any(word in name for word in _NAMED):
        return None
    functions = [each for each in arguments if _takes_tensor(each)]
    tensors = interp.tensors(each for each in arguments if not _takes_tensor(each))
    if len(functions) != 1 or not tensors:
        return None
    made = [interp.call(functions[0], [each], {}, at) for each in tensors]
    return interp.unknown(at, made, op="mapped")


def _takes_tensor(value: Value) -> bool:
    """Whether a value is a function of one argument, or a method of tensors."""
    if isinstance(value, Function):
        spec = value.node.args
        return len(spec.posonlyargs) + len(spec.args) == 1
    return isinstance(value, External) and value.dotted.startswith("torch.Tensor.")
