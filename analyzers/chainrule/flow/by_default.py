"""What a loss loses where nobody sets anything: its settings as their defaults say.

`def __init__(self, hard=True)`: a run that follows both sides of `if self.hard` finds a way for the gradient
that no run takes unless somebody asks for it. A default that keeps the gradient makes the other side a mode.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.flow.core.values import Default
from chainrule.flow.judgement.alternatives import BRANCH
from chainrule.flow.judgement.breaks import breaks, trains
from chainrule.syntax import Block, parse_block, walk_tree

REDUCTIONS = ("mean", "sum", "none", "batchmean")
"""What torch's losses take as `reduction`: a test runs them."""
# What nobody does to leave a loss without gradient.
_LOSES = frozenset((Cause.ROUNDING, Cause.NUMPY, Cause.PYTHON_SCALAR, Cause.REBUILD))


def settled_breaks(trace: Trace, module: Module, again: Callable[[], Trace]) -> Iterator[Break]:
    """The breaks of `trace`, and those that it has by default; not those of a branch that is no default.

    `again`: runs the root with every setting at its default.
    """
    told = [_as_chosen(each, trace) for each in breaks(trace)]
    if trace.root.kind in (Kind.METRIC, Kind.MODEL) or not trace.settings or any(each.whole for each in told):
        yield from told
        return
    if not trains(trace) or not _loses_on_a_branch(trace):
        yield from told
        return
    usual = again()
    if not trains(usual):  # by default it returns a figure
        yield from (each for each in told if each.note != BRANCH)
        return
    reached = {id(gate.at) for gate in Graph(usual.losses).closed}
    lost = {(each.cause, id(each.at)): each for each in breaks(usual) if id(each.at) in reached}
    for each in told:
        key = (each.cause, id(each.at))
        if each.note != BRANCH:
            lost.pop(key, None)
            yield each
            continue
        deciding = _deciding(each, trace)
        if key in lost and lost[key].note != BRANCH:
            if _is_usual(deciding, module) or all(isinstance(each.value, bool) for each in deciding):
                continue  # by default it is all that is left: told below, unless the flag is set otherwise
        wanted = id(each.at) in reached or _is_wanted(deciding, module) or _is_given(each, deciding)
        if wanted or _does_more(each, deciding, trace):
            lost.pop(key, None)
            yield each
    for each in lost.values():
        deciding = _deciding(each, trace)
        if deciding and _is_usual(deciding, module):
            yield replace(each, defaults=deciding)


def _as_chosen(found: Break, trace: Trace) -> Break:
    """A break in a method that a setting has chosen by name, `getattr(self, self.mode)`, as one of it."""
    chosen: dict[Default, None] = {}
    for _, at, defaults in trace.settings:
        if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef)) and _holds(at, found.at):
            chosen.update(dict.fromkeys(defaults))
    return replace(found, defaults=tuple(chosen)) if chosen else found


def _loses_on_a_branch(trace: Trace) -> bool:
    """Whether some value that gets gradient has an alternative that hands it on to nothing."""
    graph = Graph(trace.losses)
    return any(
        node.op == "phi"
        and id(node) in graph.flowing
        and graph.has_source(node, STRONG)
        and any(not graph.has_source(parent, STRONG) for parent, gate in node.edges if gate is None)
        for node in graph.reached.values()
    )


def _deciding(found: Break, trace: Trace) -> tuple[Default, ...]:
    """The settings that decide whether a break is reached: those asked around it, or before it is."""
    around: dict[Default, None] = {}
    beside: dict[Default, None] = {}
    function = _function_of(found.block, found.at)
    for block, at, defaults in trace.settings:
        if _holds(at, found.at):
            around.update(dict.fromkeys(defaults))
        elif block is found.block and function is not None and _holds(function, at):
            beside.update(dict.fromkeys(defaults))
    every = {default: None for _, _, defaults in trace.settings for default in defaults}
    return tuple(around or beside or every)


def _function_of(block: Block, at: ast.AST) -> ast.AST | None:
    """The innermost function of `block` that holds `at`."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    found = [each for each in walk_tree(parse_block(block)) if isinstance(each, kinds) and _holds(each, at)]
    return found[-1] if found else None


def _holds(outer: ast.AST, inner: ast.AST) -> bool:
    return any(each is inner for each in walk_tree(outer))


def _is_wanted(defaults: tuple[Default, ...], module: Module) -> bool:
    """Whether what settings may be besides their defaults is as usual: ways to reduce, what the file sets."""
    if any(_is_changed(each, module) for each in defaults):
        return False  # a phase of the training: who changes it knows what it does
    return _reduces(defaults) or _is_set(defaults, module)


def _is_usual(defaults: tuple[Default, ...], module: Module) -> bool:
    """Whether settings are what their defaults say, as far as the file tells, or all of them in use."""
    return _reduces(defaults) or not _is_set(defaults, module)


def _is_given(found: Break, defaults: tuple[Default, ...]) -> bool:
    """Whether a branch is taken where something is given, `scales=[1, 2]`, and loses what nobody means to.

    What is given is to be computed with; a flag, or the name of a mode, may ask for what has no gradient.
    """
    return found.cause in _LOSES and bool(defaults) and all(each.value is None for each in defaults)


def _reduces(defaults: tuple[Default, ...]) -> bool:
    """Whether a setting says how a loss is reduced, of which every way is in use."""
    return any(each.value in REDUCTIONS for each in defaults)


def _does_more(found: Break, defaults: tuple[Default, ...], trace: Trace) -> bool:
    """Whether a setting is called after an operator of its branch that is not the break: `softmax=True`.

    What somebody asks for is that, and not to lose the gradient, as `hard=True` would be.
    """
    named = {each.name.lower() for each in defaults}
    around = (at for block, at, _ in trace.settings if block is found.block and _holds(at, found.at))
    calls = (node for at in around for node in walk_tree(at) if isinstance(node, ast.Call))
    return any(
        call is not found.at
        and isinstance(call.func, ast.Attribute)
        and call.func.attr.lower() in named
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id == "self")
        for call in calls
    )


def _is_changed(default: Default, module: Module) -> bool:
    """Whether a class assigns an attribute of this name more than once."""
    assigned = f"self.{default.name} = "
    return assigned in module.text and any(block.text.count(assigned) > 1 for block in module.blocks)


def _is_set(defaults: tuple[Default, ...], module: Module) -> bool:
    """Whether the file itself gives one of these settings another value than its default."""
    return any(_is_changed(each, module) for each in defaults) or any(
        _sets(call, each) for each in defaults for call in _calls(module, each)
    )


def _calls(module: Module, default: Default) -> Iterator[ast.Call]:
    for block in module.blocks:
        if f"{default.name}=" in block.text or (default.owner and f"{default.owner}(" in block.text):
            for node in walk_tree(parse_block(block)):
                if isinstance(node, ast.Call):
                    yield node


def _sets(call: ast.Call, default: Default) -> bool:
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = [each.value for each in call.keywords if each.arg == default.name]
    if called == default.owner:
        if any(each.arg is None for each in call.keywords):
            return True
        given += call.args[default.position : default.position + 1] if default.position >= 0 else []
    return any(not _is_same(each, default) for each in given)


def _is_same(given: ast.expr, default: Default) -> bool:
    """Whether what is given is the default again, or handed on under its own name."""
    if isinstance(given, ast.Constant):
        return bool(given.value == default.value)
    return getattr(given, "attr", getattr(given, "id", "")) == default.name
