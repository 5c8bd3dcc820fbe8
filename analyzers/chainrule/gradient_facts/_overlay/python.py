"""Python's own functions, called on tensors.

Builtins are kept under `builtins.`: `float(x)` is not `x.float()`.
"""

from __future__ import annotations

import math

from chainrule.gradient_facts._overlay.fact import Fact
from chainrule.gradient_facts.operators import Reason

_NUMBER = "x:c > result:c > overlay"


def _number(evidence: str) -> Fact:
    return Fact(_NUMBER, evidence, Reason.PYTHON_SCALAR)


FACTS: dict[str, Fact] = {
    "builtins.int": _number("int(s)"),
    "builtins.float": _number("float(s)"),
    "builtins.bool": _number("bool(s)"),
    "builtins.complex": _number("complex(s)"),
    "builtins.any": _number("any(x)"),
    "builtins.all": _number("all(x)"),
    "builtins.str": _number("str(x)"),
    "builtins.repr": _number("repr(x)"),
    "builtins.format": _number("format(s, '.2f')"),
    "builtins.len": Fact(_NUMBER, "len(x)", Reason.CONSTANT),
    "builtins.type": Fact(_NUMBER, "type(x)", Reason.CONSTANT),
    "builtins.id": Fact(_NUMBER, "id(x)", Reason.CONSTANT),
    "builtins.isinstance": Fact(
        "x:c kind > result:c > overlay", "isinstance(x, torch.Tensor)", Reason.CONSTANT
    ),
    "builtins.hasattr": Fact("x:c name > result:c > overlay", "hasattr(x, 'grad')", Reason.CONSTANT),
    "builtins.abs": Fact("x:fs > result:f > overlay", "abs(x)"),
    "builtins.sum": Fact("iterable:f start:f > result:f > overlay", "sum(x)"),
    "builtins.max": Fact("args:f * key default > result:f > overlay", "max(s, 0 * s)"),
    "builtins.min": Fact("args:f * key default > result:f > overlay", "min(s, 2 * s)"),
    "builtins.sorted": Fact("iterable:f * key reverse > result:f > overlay", "sorted(x)"),
    "builtins.list": Fact("iterable:f > result:f > overlay", "list(x)"),
    "builtins.tuple": Fact("iterable:f > result:f > overlay", "list(tuple(x))"),
    "builtins.reversed": Fact("iterable:f > result:f > overlay", "reversed(x)"),
    "builtins.zip": Fact("args:f * strict > result:f > overlay", "list(zip(x, y))"),
    "builtins.enumerate": Fact("iterable:f start > result:f > overlay", "[v for _, v in enumerate(x)]"),
    "builtins.map": Fact("function iterable:f > result:f > overlay", "list(map(torch.exp, x))"),
    "builtins.filter": Fact("function iterable:f > result:f > overlay", "list(filter(None, x))"),
    "builtins.pow": Fact("base:fs exponent:fs > result:f > overlay", "pow(x, 2)"),
    "builtins.round": Fact("number:c ndigits > result:c > overlay", "round(s.item())", Reason.PYTHON_SCALAR),
    "functools.reduce": Fact(
        "function iterable:f initial:f > result:f > overlay", "functools.reduce(torch.add, x)"
    ),
    "operator.add": Fact("a:f b:f > result:f > overlay", "operator.add(x, y)"),
    "operator.mul": Fact("a:fs b:fs > result:f > overlay", "operator.mul(x, y)"),
    "operator.gt": Fact("a:c b:c > result:cb > overlay", "operator.gt(x, y)", Reason.COMPARISON),
    **{
        f"math.{name}": Fact(_NUMBER, "", Reason.PYTHON_SCALAR)
        for name in dir(math)
        if callable(getattr(math, name)) and not name.startswith("_")
    },
    "math.prod": Fact("iterable:fs * start > result:f > overlay", "math.prod(x)"),
}
