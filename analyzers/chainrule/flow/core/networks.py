"""Which network of a file an argument is, by the calls in the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from chainrule.flow.core.program import Module
from chainrule.flow.core.reading import assignments_in, calls_in
from chainrule.gradient_facts import lookup
from chainrule.syntax import Block, parse_block

MOVES = frozenset(
    "to cuda cpu type float double half bfloat16 train eval apply requires_grad_ share_memory".split()
)
"""The methods of `torch.nn.Module` that give the module itself back: a test runs them."""
# What every module has.
_OF_MODULES = MOVES | frozenset(
    """forward parameters named_parameters modules named_modules children named_children buffers state_dict
    load_state_dict zero_grad compile register_buffer register_forward_hook add_module share_memory""".split()
)
_METHOD = re.compile(r"\.([a-z]\w*)\(")
_METHODS = re.compile(r"^[^\S\n]+(?:async )?def (\w+)", re.MULTILINE)
_DEPTH = 3


def callers(module: Module, block: Block) -> list[Block]:
    """The blocks that may call what a block defines."""
    named = [f"{name}(" for name, bound in module.bindings.items() if any(each is block for each in bound)]
    return [each for each in module.blocks if each is not block and any(n in each.text for n in named)]


def is_used_as_network(name: str, text: str) -> bool:
    """Whether a function with this text calls an argument, and trains it: `regressor.parameters()`."""
    uses = (f"{name}.parameters(", f"{name}.train(", f"{name}.zero_grad(")
    return f"{name}(" in text and any(each in text for each in uses)


def is_called(name: str, text: str) -> bool:
    """Whether a function with this text calls an argument."""
    return f"{name}(" in text and re.search(rf"(?<![\w.]){re.escape(name)}\(", text) is not None


def asked_of(name: str, block: Block) -> frozenset[str]:
    """The methods that a block calls of what it calls `name`, and that not every object has."""
    asked: dict[str, frozenset[str]] = block.notes.setdefault("asked", {})  # type: ignore[assignment]
    if name not in asked:
        found = frozenset(_asked(name, block.text)) - _OF_MODULES
        asked[name] = frozenset(each for each in found if lookup(f"Tensor.{each}") is None)
    return asked[name]


def _asked(name: str, text: str) -> Iterator[str]:
    """The methods that a text calls of what it calls `name`; `X` is data."""
    at = text.find(f"{name}.") if not name[0].isupper() else -1
    while at >= 0:
        end = at + len(name)
        before = text[at - 1] if at else " "
        method = None if before in "._" or before.isalnum() else _METHOD.match(text, end)
        if method is not None:
            yield method[1]
        at = text.find(f"{name}.", end)


def methods_of(block: Block) -> frozenset[str]:
    """The methods of a class, by its text."""
    known = block.notes.get("methods")
    if not isinstance(known, frozenset):
        known = block.notes["methods"] = frozenset(_METHODS.findall(block.text))
    return known


def class_with(module: Module, methods: frozenset[str]) -> str | None:
    """The one class of modules in a file that has all of these `methods`."""
    found = [name for name, block in module.modules.items() if methods <= methods_of(block)]
    return found[0] if len(found) == 1 else None


def class_given(module: Module, callee: str, name: str, position: int, depth: int = 0) -> str | None:
    """The class whose objects the calls of `callee` in a file give to its argument `name`.

    None where they give none of the file's classes, or several.
    """
    found: set[str] = set()
    known = bool(module.networks) and callee in module.bindings  # methods are called otherwise
    for block in module.calling(callee) if known else ():
        for call in calls_in(block):
            if isinstance(call.func, ast.Name) and call.func.id == callee:
                named = (each.value for each in call.keywords if each.arg == name)
                given = next(named, call.args[position] if len(call.args) > position >= 0 else None)
                cls = None if given is None else _class_of(module, block, given, depth)
                found |= {cls} if cls is not None else set()
    return found.pop() if len(found) == 1 else None


def _class_of(module: Module, block: Block, value: ast.expr, depth: int) -> str | None:
    """The class of the file that `value`, an expression in `block`, makes an object of."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in MOVES:
        value = value.func.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        defined = module.binding(value.func.id)
        return value.func.id if defined is not None and isinstance(defined[1], ast.ClassDef) else None
    if not isinstance(value, ast.Name) or depth == _DEPTH:
        return None
    for each in assignments_in(block):
        if any(isinstance(target, ast.Name) and target.id == value.id for target in each.targets):
            cls = _class_of(module, block, each.value, depth + 1)
            if cls is not None:
                return cls
    for function in parse_block(block).body:
        if isinstance(function, ast.FunctionDef):  # that is given the network itself, and hands it on
            names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
            if value.id in names:
                return class_given(module, function.name, value.id, names.index(value.id), depth + 1)
    binding = module.binding(value.id)
    if binding is None or not isinstance(binding[1], ast.Assign) or binding[0] is block:
        return None
    return _class_of(module, binding[0], binding[1].value, depth + 1)
