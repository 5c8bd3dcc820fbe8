"""A call of the loss as Python text: which expression each parameter gets, and what is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from .program import Call, Plan, Program
from .sources import Source

OBJECT = "self"
"""The name that stands for the object of a method."""


@dataclass(frozen=True)
class Argument:
    """One parameter's value. `how` is "positional", "keyword", "star" or "double star"."""

    name: str
    text: str
    how: str


def arguments_of(plan: Plan, call: Call, program: Program) -> list[Argument]:
    """The arguments in the order of the call. A name that the set-up assigns once is replaced by its value.

    Raises ValueError for a call that has no such text: `*` of anything but a name.
    """
    node = ast.parse(f"f({plan.arguments})", mode="eval").body
    assert isinstance(node, ast.Call)
    parameters = list(program.signature().parameters.values())
    given = list(_positional(node, len(call.positional)))
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    found = [Argument(p.name, text, "positional") for p, text in zip(plain, given)]
    rest = given[len(plain) :]
    star = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "")
    if star and rest:
        found.append(Argument(star, f"({', '.join(rest)},)", "star"))
    named = dict(_named(node, call.named))
    declared = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}
    found += [Argument(name, text, "keyword") for name, text in named.items() if name in declared]
    extra = {name: text for name, text in named.items() if name not in declared}
    double = next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), "")
    if double and extra:
        inner = ", ".join(f"{name!r}: {text}" for name, text in extra.items())
        found.append(Argument(double, f"{{{inner}}}", "double star"))
    return found


def _positional(node: ast.Call, count: int) -> Iterator[str]:
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            yield ast.unparse(argument)
            continue
        if not isinstance(argument.value, (ast.Name, ast.Attribute)):
            raise ValueError(f"{ast.unparse(argument)} cannot be told apart into arguments")
        holder = ast.unparse(argument.value)
        yield from (f"{holder}[{at}]" for at in range(count - len(node.args) + 1))


def _named(node: ast.Call, named: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    told = {k.arg for k in node.keywords if k.arg}
    for keyword in node.keywords:
        if keyword.arg:
            yield keyword.arg, ast.unparse(keyword.value)
            continue
        spelled = dict(_spelled_out(keyword.value))
        if spelled:
            yield from ((name, ast.unparse(value)) for name, value in spelled.items())
            continue
        if not isinstance(keyword.value, (ast.Name, ast.Attribute)):
            raise ValueError(f"**{ast.unparse(keyword.value)} cannot be told apart into arguments")
        holder = ast.unparse(keyword.value)
        yield from ((name, f"{holder}[{name!r}]") for name in named if name not in told)


def _spelled_out(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The items of `{"a": 1}` and `dict(a=1)`."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant):
                yield str(key.value), value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        yield from ((k.arg, k.value) for k in node.keywords if k.arg)


def shown_arguments(plan: Plan, call: Call, program: Program) -> dict[str, str]:
    """The text of each argument by parameter name, for people: what the set-up assigns stands in for its
    name."""
    try:
        every = arguments_of(plan, call, program)
    except ValueError:
        return {"*": plan.arguments}
    assigned = {
        target.id: ast.unparse(statement.value)
        for statement in ast.parse(plan.setup).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id not in names_in(statement.value)
    }
    return {a.name: assigned.get(a.text, a.text) for a in every}


def names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def callee_of(program: Program) -> str:
    """What is called: `loss`, `Loss.static`, `Square.apply`, `self`, `self.method`."""
    holder, function = program.target()
    if holder is not None and issubclass(holder, torch.autograd.Function):
        return f"{program.qualname.rpartition('.')[0]}.apply"
    if not program.needs_instance():
        return program.qualname
    name = function.__name__
    called = name in ("forward", "__call__") and hasattr(holder, "__call__")  # noqa: B004 (of the class)
    return OBJECT if called else f"{OBJECT}.{name}"


def describe_call(
    plan: Plan, call: Call, program: Program, sources: list[Source], seed: int, loss: str, backward: bool
) -> dict[str, Any] | None:
    """The `call` of a result: everything that a program of its own needs to repeat the run.

    `loss` is the expression of the loss in `returned`; `backward` says that the function calls it itself.
    None where the call has no text.
    """
    try:
        arguments = arguments_of(plan, call, program)
    except ValueError:
        return None
    return {
        "callee": callee_of(program),
        "instance": plan.instance if program.needs_instance() else None,
        "setup": plan.setup,
        "arguments": [{"name": a.name, "text": a.text, "how": a.how} for a in arguments],
        "seed": seed,
        "loss": loss,
        "backward": backward,
        "sources": {s.name: {"text": s.text, "made": s.made} for s in sources},
    }
