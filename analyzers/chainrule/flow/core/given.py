"""What the calls of a file give to a constructor or a function: its own functions and objects, operators."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from chainrule.flow.core.program import Module
from chainrule.flow.core.reading import assignments_in, calls_in
from chainrule.syntax import Block, walk_tree

_DEPTH = 3
_WORD = re.compile(r"[^\W\d]\w*")
_DISPLAYS = (ast.List, ast.Tuple, ast.Dict)


def callable_given(module: Module, callee: str, name: str, position: int) -> tuple[Block, ast.expr] | None:
    """What all calls of `callee` that give its argument `name` give: an expression, and its block.

    Only of functions and objects that the file defines, and of operators: the same whenever it is evaluated.
    """
    if callee not in module.bindings:
        return None
    found: dict[str, tuple[Block, ast.expr]] = {}
    for block in module.calling(callee):
        for call in calls_in(block):
            if isinstance(call.func, ast.Name) and call.func.id == callee:
                named = (each.value for each in call.keywords if each.arg == name)
                given = next(named, call.args[position] if len(call.args) > position >= 0 else None)
                if given is not None:
                    where, value = _settled(module, block, given)
                    found[ast.dump(value)] = where, value
    if len(found) != 1:
        return None
    block, value = found.popitem()[1]
    return (block, value) if _is_callable(module, value) else None


class Asked(NamedTuple):
    """A question that a run has put to the calls of its file."""

    callee: str
    name: str
    position: int

    def answer(self, module: Module) -> str:
        """What the calls say now, and the texts of what that names."""
        found = callable_given(module, *self)
        if found is None:
            return ""
        named = sorted(_names(found[1]) & module.bindings.keys())
        texts = [block.text for name in named for block in module.bindings[name]]
        further = sorted({word for text in texts for word in _WORD.findall(text)} & module.bindings.keys())
        texts += [block.text for name in further for block in module.bindings[name]]
        return "\n".join((ast.dump(found[1]), *texts))


def _settled(module: Module, block: Block, value: ast.expr, depth: int = _DEPTH) -> tuple[Block, ast.expr]:
    """`value`, or what the name that it is was assigned."""
    if not isinstance(value, ast.Name) or not depth:
        return block, value
    assigned = [
        each.value
        for each in assignments_in(block)
        if any(isinstance(target, ast.Name) and target.id == value.id for target in each.targets)
    ]
    if len(assigned) == 1:
        return _settled(module, block, assigned[0], depth - 1)
    binding = module.binding(value.id)
    if assigned or binding is None or not isinstance(binding[1], ast.Assign) or binding[0] is block:
        return block, value
    return _settled(module, binding[0], binding[1].value, depth - 1)


def _is_callable(module: Module, value: ast.expr) -> bool:
    """Whether an expression is a function, an object of one of the file's classes, or several of them."""
    if isinstance(value, ast.Name):
        return _is_defined(module, value.id)
    if isinstance(value, ast.Attribute):
        return _is_torch(module, value)
    if isinstance(value, ast.Lambda):
        own = {each.arg for each in value.args.args}
        return all(each in own or _is_fixed(module, each) for each in _names(value.body))
    if isinstance(value, ast.Call):
        made = isinstance(value.func, ast.Name) and _is_defined(module, value.func.id, ast.ClassDef)
        return made and all(_is_fixed(module, each) for each in _names(value))
    if isinstance(value, _DISPLAYS):
        parts = value.values if isinstance(value, ast.Dict) else value.elts
        return bool(parts) and all(_is_callable(module, each) for each in parts)
    return False


def _names(value: ast.expr) -> set[str]:
    return {each.id for each in walk_tree(value) if isinstance(each, ast.Name)}


def _is_fixed(module: Module, name: str) -> bool:
    return name in module.names.bound or _is_defined(module, name)


def _is_defined(
    module: Module, name: str, kinds: type | tuple[type, ...] = (ast.FunctionDef, ast.ClassDef)
) -> bool:
    """Whether the file defines `name` as a function or a class."""
    binding = module.binding(name) if name in module.bindings else None
    return binding is not None and isinstance(binding[1], kinds)


def _is_torch(module: Module, value: ast.Attribute) -> bool:
    """`torch.sign`, `F.hardtanh`."""
    root: ast.expr = value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and module.names.bound.get(root.id, "").startswith("torch")
