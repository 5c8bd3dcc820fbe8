"""Roles of arguments that something better than their names tells: the user, or a call of the function.

A user's own word is a comment in the function, `# chainrule: prediction=pred,emb target=t`, or the
configuration; it holds before everything else. A call counts only where the names leave a role open.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module
from chainrule.flow.core.reading import assignments_in, calls_in
from chainrule.flow.core.roles import role_of, roles_of
from chainrule.flow.core.trace import Root
from chainrule.syntax import Block

_COMMENT = re.compile(r"#[ \t]*chainrule:[ \t]*((?:(?:prediction|target)s?[ \t]*=[ \t]*\w+(?:,\w+)*[ \t]*)+)")
_STATEMENT = re.compile(r"(prediction|target)s?[ \t]*=[ \t]*([\w,]+)")
_OPEN = frozenset(("unknown", "data"))


@dataclass(frozen=True, slots=True)
class KnownRoles:
    """Roles by argument name: `stated` by the user, `shown` by calls."""

    stated: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


NOTHING_KNOWN = KnownRoles()


def stated_in(text: str) -> dict[str, str]:
    """Roles by argument name, as comments in the text of a function state them."""
    if "chainrule:" not in text:
        return {}
    return {
        name: role
        for comment in _COMMENT.finditer(text)
        for role, listed in _STATEMENT.findall(comment[1])
        for name in listed.split(",")
        if name
    }


def roles_from_calls(module: Module, root: Root) -> dict[str, str]:
    """What calls of a loss in its own file say about arguments whose names leave their role open.

    The output of a model and what is made with requires_grad=True is a prediction; a caller's variable may
    have the telling name that the argument has not.
    """
    names = _open_parameters(root)
    if not any(names):
        return {}
    found: dict[str, str] = {}
    roles = roles_of(_positional(root))
    ordered = list(roles.values())
    before_target = ordered.index("target") if "target" in ordered else 0
    for block, call in _calls(module, root):
        for index, argument in enumerate(call.args[: len(names)]):
            role = None if names[index] is None else _role(module, block, argument)
            if role == "target" and index < before_target:
                continue  # (inputs, targets): the order says more than the name of somebody's variable
            if role is not None and found.get(names[index] or "") != "prediction":
                found[names[index] or ""] = role
    return found


def _open_parameters(root: Root) -> list[str | None]:
    """The arguments of a loss in order, None for those whose names say enough."""
    if root.kind is not Kind.LOSS or isinstance(root.node, ast.Module):
        return []
    names = _positional(root)
    roles = roles_of(names)
    return [name if roles[name] in _OPEN else None for name in names]


def _positional(root: Root) -> list[str]:
    """The names of a function's positional arguments without `self`."""
    assert not isinstance(root.node, ast.Module)
    spec = root.node.args
    names = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]
    if root.owner is not None and names[:1] in (["self"], ["cls"]):
        del names[0]
    return names


def _calls(module: Module, root: Root) -> Iterator[tuple[Block, ast.Call]]:
    """The calls of a function, or of an object whose `forward` or `__call__` it is, in other blocks."""
    parts = root.name.split(".")
    if len(parts) > 2 or (len(parts) == 2 and parts[1] not in ("forward", "__call__")):
        return
    spelt = f"{parts[0]}("
    if module.text.count(spelt) == root.block.text.count(spelt):
        return
    callees = {parts[0]} if len(parts) == 1 else _instances(module, root, parts[0])
    for block in module.blocks:
        if block is root.block or not any(f"{callee}(" in block.text for callee in callees):
            continue
        for call in calls_in(block):
            func = call.func
            name = (
                func.id
                if isinstance(func, ast.Name)
                else func.attr
                if isinstance(func, ast.Attribute)
                else ""
            )
            if name in callees:
                yield block, call


def _instances(module: Module, root: Root, cls: str) -> set[str]:
    """The names that objects of the class `cls` are bound to anywhere in the file."""
    return {
        name
        for block in module.blocks
        if block is not root.block and f"{cls}(" in block.text
        for name in _made_in(block).get(cls, ())
    }


def _made_in(block: Block) -> dict[str, set[str]]:
    """The names and attributes that a block binds to what it calls by a plain name, by that name."""
    known = block.notes.get("made")
    if isinstance(known, dict):
        return known
    made: dict[str, set[str]] = {}
    for node in assignments_in(block):
        func = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(func, ast.Name):
            names = made.setdefault(func.id, set())
            names.update(t.id for t in node.targets if isinstance(t, ast.Name))
            names.update(t.attr for t in node.targets if isinstance(t, ast.Attribute))
    block.notes["made"] = made
    return made


def _role(module: Module, block: Block, argument: ast.expr, depth: int = 0) -> str | None:
    """What an argument of a call is, None if it does not tell."""
    if isinstance(argument, ast.Call):
        func = argument.func
        name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
        if name == "requires_grad_" or any(_requires_grad(keyword) for keyword in argument.keywords):
            return "prediction"
        return "prediction" if role_of(name) == "callable" else None
    if isinstance(argument, ast.Name) and depth < 3:
        value = _assigned(block, argument.id)
        if value is None:
            binding = module.binding(argument.id)
            if binding is not None and isinstance(binding[1], ast.Assign):
                block, value = binding[0], binding[1].value
        role = None if value is None else _role(module, block, value, depth + 1)
        if role is not None:
            return role
        named = role_of(argument.id)
        return named if named in ("prediction", "target") else None
    return None


def _requires_grad(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "requires_grad" and isinstance(value, ast.Constant) and value.value is True


def _assigned(block: Block, name: str) -> ast.expr | None:
    """What is assigned to `name` in a block, the last of several."""
    found = block.notes.get("assigned")
    if not isinstance(found, dict):
        found = {
            target.id: node.value
            for node in assignments_in(block)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        block.notes["assigned"] = found
    value = found.get(name)
    return value if isinstance(value, ast.expr) else None
