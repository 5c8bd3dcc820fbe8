"""The logarithm of a softmax or a sigmoid, written as the one function that can't round to log(0)."""

from __future__ import annotations

import ast

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, argument, op_of
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.site import Plan, Repair, disabled
from chainrule.fixes.statements import remove
from chainrule.fixes.text import SourceText
from chainrule.fixes.usage import Scope, names_in
from chainrule.names import Names

STABLE = {"softmax": "log_softmax", "sigmoid": "logsigmoid", "expit": "logsigmoid"}
_MODULES = {
    "torch.nn.Softmax": "softmax",
    "torch.nn.LogSoftmax": "log_softmax",
    "torch.nn.Sigmoid": "sigmoid",
}


def operation(scope: Scope, names: Names, value: ast.expr) -> Op | None:
    """The operation an expression is; `nn.Softmax(dim=1)(x)` reads as `softmax(x, dim=1)`."""
    if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        made = op_of(scope.value_of(value.func), names)
        functional = _MODULES.get(made.dotted or "") if made is not None else None
        if made is not None and functional is not None:
            words = dict(made.keywords)
            if made.operands:
                words["dim"] = made.operands[0]
            return Op(functional, value, (value.args[0],), words, f"torch.{functional}")
    return op_of(value, names)


def use_stable(
    scope: Scope,
    names: Names,
    source: SourceText,
    log: ast.Call,
    squashed: ast.Call,
    stable: str,
    guarded: bool,
) -> Repair:
    """`log` of what the call `squashed` computes, as `stable`."""
    title = f"Use {stable}"
    if scope.rebound(squashed, log):
        return disabled(title, "its argument is overwritten before the log")
    plan = Plan(source, names)
    plan.replace(log, _stable_call(plan, squashed, stable))
    for statement in dead_statements(scope, source, names, [log], names_in(squashed)):
        remove(plan, statement)
    if guarded:
        return plan.repair(f"{title} (drops the guard, which changes small values)", Applicability.UNSAFE)
    return plan.repair(title, Applicability.SAFE)


def _stable_call(plan: Plan, squashed: ast.Call, stable: str) -> str:
    source = plan.source
    text = source.segment(squashed)
    if stable == "log_softmax" and isinstance(squashed.func, ast.Attribute):
        cut = source.span(squashed.func)[1] - source.span(squashed)[0]
        return f"{text[: cut - len('softmax')]}log_softmax{text[cut:]}"
    name = plan.spell(f"torch.nn.functional.{stable}")
    if isinstance(squashed.func, ast.Call):  # nn.Softmax(dim=1)(x)
        given = [source.segment(part) for part in (*squashed.func.args, *squashed.func.keywords)]
        given = [part if "=" in part else f"dim={part}" for part in given]
        return f"{name}({', '.join([source.segment(squashed.args[0]), *given])})"
    if stable == "logsigmoid":
        receiver = squashed.func.value if isinstance(squashed.func, ast.Attribute) else None
        is_method = receiver is not None and not squashed.args
        inner = receiver if is_method and receiver is not None else squashed.args[0]
        return f"{name}({argument(inner, source.segment(inner))})"
    cut = source.span(squashed.func)[1] - source.span(squashed)[0]
    return name + text[cut:]
