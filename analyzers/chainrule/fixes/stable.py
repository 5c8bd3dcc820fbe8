"""The logarithm of a softmax or a sigmoid, written as the one function that can't round to log(0)."""

from __future__ import annotations

import ast

from chainrule.findings import Applicability
from chainrule.fixes.behind import TWICE, moved
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
    squashed: Op,
    stable: str,
    guarded: bool,
) -> Repair:
    """`log` of what the softmax or sigmoid `squashed` computes, as `stable`."""
    title = f"Use {stable}"
    if scope.rebound(squashed.node, log):
        return disabled(title, "its argument is overwritten before the log")
    if _edited(scope, squashed.node):
        return disabled(title, "its result is changed in place")
    plan = Plan(source, names)
    inner = squashed.tensor
    if inner is None:
        return disabled(title, "its argument is not in sight")
    text = moved(plan, scope, names, inner, [log])
    if text is None:
        return disabled(title, TWICE)
    plan.replace(log, _stable_call(plan, squashed, inner, text, stable))
    for statement in dead_statements(
        scope, source, names, [log], names_in(ast.parse(text)) | names_in(squashed.node)
    ):
        remove(plan, statement)
    if guarded:
        return plan.repair(f"{title} (drops the guard, which changes small values)", Applicability.UNSAFE)
    return plan.repair(title, Applicability.SAFE)


def _edited(scope: Scope, node: ast.expr) -> bool:
    """Whether the name that holds a value has elements written to, or is changed by `clamp_`."""
    match scope.statement_of(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return False
    for read in scope.reads.get(name, ()):
        match scope.parents.get(read):
            case ast.Subscript(ctx=ast.Store()):
                return True
            case ast.Attribute(attr=method) if method.endswith("_") and not method.endswith("__"):
                return True
            case _:
                pass
    return False


def _stable_call(plan: Plan, squashed: Op, inner: ast.expr, text: str, stable: str) -> str:
    """The stable function of `inner`, written as `text`, with the other arguments of `squashed`."""
    source, call = plan.source, squashed.node
    if isinstance(call.func, ast.Call) or source.segment(call.func).startswith(
        "self."
    ):  # nn.Softmax(dim=1)(x)
        given = [f"dim={source.segment(value)}" for word, value in squashed.keywords.items() if word == "dim"]
        return f"{plan.spell(f'torch.nn.functional.{stable}')}({', '.join([text, *given])})"
    if stable == "logsigmoid":
        return f"{plan.spell(f'torch.nn.functional.{stable}')}({argument(inner, text)})"
    start, cut, end = source.span(call)[0], source.span(call.func)[1], source.span(call)[1]
    if squashed.dotted is None:  # x.softmax(1)
        head = source.text[start : cut - len("softmax")] if text == source.segment(inner) else f"{text}."
        return f"{head}log_softmax{source.text[cut:end]}"
    written = source.substitute(call, {inner: text})[cut - start :]
    if isinstance(call.func, ast.Attribute):
        return f"{source.text[start : cut - len('softmax')]}log_softmax{written}"
    return plan.spell("torch.nn.functional.log_softmax") + written
