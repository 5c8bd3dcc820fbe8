"""Which class of a file an argument is a network of, by the calls in the file, or because there is no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from chainrule.flow.core.program import Module
from chainrule.flow.core.roles import compares, is_network, is_teacher
from chainrule.flow.core.stated import assignments_in, calls_in
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.syntax import Block

_NETWORK = re.compile(r"class\s+(\w+)\(([^)]*\bModule\b[^)]*)\)")
# What gives a module back.
_MOVES = frozenset("to cuda cpu train eval float double half apply compile requires_grad_".split())
_DEPTH = 3


def networks(module: Module) -> dict[str, Block]:
    """The classes of networks that a file defines at its top level, with their blocks; losses are none."""
    if module.networks is None:
        module.networks = {}
        for block in module.blocks:
            head = _NETWORK.match(block.text)
            learns = "def forward(" in block.text and "def __init__(" in block.text
            if head is not None and learns and LOSS_WORDS.isdisjoint(words(head[1])):
                module.networks[head[1]] = block
    return module.networks


def given_by(module: Module, block: Block) -> list[Block]:
    """What says which networks the functions of a block are given: the classes of all, and who calls them."""
    known = networks(module)
    if not known:
        return []
    named = [f"{name}(" for name, bound in module.bindings.items() if any(each is block for each in bound)]
    callers = [each for each in module.blocks if each is not block and any(n in each.text for n in named)]
    return [*known.values(), *callers]


def network_given(module: Module, callee: str, name: str, position: int) -> str | None:
    """The class whose objects the calls of `callee` in a file give to its argument `name`; None for several."""
    known = networks(module)
    if not known:
        return None
    found: set[str] = set()
    for block in module.blocks:
        if f"{callee}(" not in block.text:
            continue
        for call in calls_in(block):
            if isinstance(call.func, ast.Name) and call.func.id == callee:
                named = (each.value for each in call.keywords if each.arg == name)
                given = next(named, call.args[position] if len(call.args) > position >= 0 else None)
                cls = None if given is None else _class_of(module, block, given, known, 0)
                found |= {cls} if cls is not None else set()
    return found.pop() if len(found) == 1 else None


def only_network(module: Module, name: str, others: Sequence[str], running: Block) -> str | None:
    """The class of the only whole network of a file, where an argument is the only one called a network.

    `others`: the names of the other arguments; `running`: the block of the function that takes them. What
    another class of the file is made of is no whole network.
    """
    if not is_network(name) or is_teacher(name) or any(_is_another(each, running) for each in others):
        return None
    known = networks(module)
    whole = [
        cls
        for cls, own in known.items()
        if own is not running
        and not any(block is not own and f"{cls}(" in block.text for block in known.values())
    ]
    return whole[0] if len(whole) == 1 else None


def _is_another(name: str, running: Block) -> bool:
    called = is_teacher(name) and f"{name}(" in running.text
    return (is_network(name) or called) and not compares(name)


def _class_of(
    module: Module, block: Block, value: ast.expr, known: dict[str, Block], depth: int
) -> str | None:
    """The class among `known` that `value`, an expression in `block`, makes an object of."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _MOVES:
        value = value.func.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id if value.func.id in known else None
    if not isinstance(value, ast.Name) or depth == _DEPTH:
        return None
    for each in assignments_in(block):
        if any(isinstance(target, ast.Name) and target.id == value.id for target in each.targets):
            cls = _class_of(module, block, each.value, known, depth + 1)
            if cls is not None:
                return cls
    binding = module.binding(value.id)
    if binding is None or not isinstance(binding[1], ast.Assign) or binding[0] is block:
        return None
    return _class_of(module, binding[0], binding[1].value, known, depth + 1)
