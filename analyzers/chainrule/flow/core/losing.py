"""Which calls lose a gradient although nobody means to stop it, by their names: what the facts table says."""

from __future__ import annotations

import ast
from functools import lru_cache

from chainrule.flow.core.causes import Cause
from chainrule.gradient_facts import Gradient, Reason, lookup

LOSES = frozenset(
    (
        Cause.COMPARISON,
        Cause.PYTHON_SCALAR,
        Cause.NUMPY,
        Cause.INTEGER_CAST,
        Cause.ROUNDING,
        Cause.INDEX,
        Cause.NONDIFFERENTIABLE,
        Cause.EXTERNAL,
        Cause.REBUILD,
        Cause.SAMPLING,
    )
)
"""Causes that nobody uses to stop a gradient, as `detach` and `no_grad` are used."""
_REASONS = frozenset(cause.value for cause in LOSES)


def loses(call: ast.Call) -> bool:
    """Whether an output of what is called, a function or a method of this name, has lost the gradient so."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return _loses(function.attr)
    return isinstance(function, ast.Name) and _loses(f"builtins.{function.id}")


@lru_cache(maxsize=2048)  # names come from users' files
def _loses(name: str) -> bool:
    method = lookup(f"Tensor.{name}") or lookup(f"distributions.Distribution.{name}")
    operator = lookup(name) if name.startswith("builtins.") else method
    outputs = operator.outputs if operator is not None else ()
    lost = (output.reason for output in outputs if output.gradient is not Gradient.FLOWS)
    return any(reason is not None and reason.value in _REASONS for reason in lost)


@lru_cache(maxsize=2048)
def tells_about(name: str) -> bool:
    """Whether an attribute, a method or a builtin tells of a tensor and not of its numbers: `shape`."""
    operator = lookup(f"Tensor.{name}") or lookup(f"builtins.{name}")
    return operator is not None and operator.reason is Reason.CONSTANT
