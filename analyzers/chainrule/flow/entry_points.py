"""The roots of a module: what of it is run by itself, and as what kind of function."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from chainrule.findings import Verdict
from chainrule.flow.core.forgetting import may_forget
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import Kind, kind_of
from chainrule.flow.core.program import Module, Project
from chainrule.flow.core.saying import says_loss, says_only_loss, used_as_losses
from chainrule.flow.core.trace import Break, Root
from chainrule.flow.core.triggers import (
    criteria_of,
    has_event,
    is_quiet,
    makes_new,
    overwrites,
    returns_number,
    suspected,
    worth_running,
)
from chainrule.flow.core.values import Class
from chainrule.flow.effects.function_faults import find_faults, holder
from chainrule.flow.handed_on import calls_maker, hands_on
from chainrule.flow.inherited import inherited
from chainrule.flow.nested import lambdas, returned_functions
from chainrule.flow.rebuilding import may_rebuild
from chainrule.flow.returned import may_return_number
from chainrule.flow.training import may_train, records_graph
from chainrule.syntax import Block, code_of, parse_block

# Folders of code that measures: what looks like a loss there is a figure.
_MEASURING_PATH = re.compile(r"(?:^|[/\\])(?:torch)?metrics?(?:[/\\]|\.py$)|[/\\]evaluat(?:ion|ors?)[/\\]")
# Files of losses: a module that computes something there is one, whatever it is called.
_LOSS_PATH = re.compile(r"(?:^|[/\\])loss(?:es)?(?:[/\\]|\.py$)|_loss(?:es)?\.py$")
_SUBCLASS = re.compile(r"(?:@[^\n]*\n)*class\s+\w+\(([^)]*)\)")
_WORD = re.compile(r"\w+")
# `return actor_loss + 0.5 * critic_loss`: what it gives is a loss, whatever the function is called.
_RETURNS_LOSS = re.compile(
    r"^[ \t]+return[ \t]+(?:[\w.]+[ \t]*\*[ \t]*)?(?:\w+_)?loss[ \t]*(?:[-+][^\n]*)?$", re.M
)
_CALLS = (".forward", ".__call__")
_SWITCH = "set_grad_enabled(False)"
MODULE = "<module>"
"""The name of a root that is the script of a module."""


def may_hold_roots(module: Module, block: Block) -> bool:
    """Whether a block can hold what `roots` and `function_faults` look for; most blocks of a file don't."""
    text = block.text
    return (
        "def " in text
        or "lambda " in text
        or ("class " in text and "Function" in text)
        or block is module.script_start
    )


def roots(
    module: Module, block: Block, everything: bool = True, project: Project | None = None
) -> Iterator[Root]:
    """The functions and methods of a block; the module itself with the block that starts its script.

    Not `everything`: only those that can hold a break. `project`: where classes inherit from other files.
    """
    code = code_of(block)
    defines = "def " in code
    measuring = _MEASURING_PATH.search(module.path) is not None
    training = not measuring and _LOSS_PATH.search(module.path) is not None
    breaking = everything or (defines and (_may_break(block, training) or _is_used(module, block)))
    breaking = breaking or (block.text.startswith("def ") and hands_on(module, block, code))
    breaking = breaking or (block.text.startswith("class ") and calls_maker(module, code))
    breaking = breaking or (defines and _is_switched(module, code))
    completes = defines and not breaking and _completes(module, block)
    breaking = breaking or (completes and has_event(code))
    if defines and (breaking or completes):
        own = [
            *_roots_of(block, parse_block(block).body, "", None),
            *inherited(module, block, breaking, project),
        ]
        for root in own:
            if root.elsewhere:
                yield root
                continue
            if measuring and root.kind is not Kind.METRIC and not root.name.endswith(".loss"):
                root = replace(root, kind=Kind.NEUTRAL if root.kind is Kind.LOSS else Kind.METRIC)
            elif training and root.kind is Kind.NEUTRAL and root.name.endswith(".forward"):
                root = replace(root, kind=Kind.LOSS)
            elif root.kind is not Kind.LOSS:
                root = _as_said(module, root)
            for each in (root, *(returned_functions(root) if root.owner is None else ())):
                if (
                    everything
                    or _worth_running(module, each)
                    or _is_switched(module, text_of(each, code=True))
                ):
                    yield each
                elif root.name.endswith(".forward") and may_forget(root):
                    yield replace(root, kind=Kind.MODEL)
    elif "lambda " in code:
        yield from lambdas(block)
    if block is module.script_start:
        yield Root(MODULE, block, ast.Module([], []), None, Kind.LOSS)


def _gives_loss(root: Root) -> bool:
    """Whether a function that runs no backward pass itself returns what it calls a loss."""
    said = "loss\n" in root.block.text or "_loss " in root.block.text
    if not said or root.name.endswith(".step"):  # an optimiser hands on what its closure gives
        return False
    text = text_of(root)
    return _RETURNS_LOSS.search(text) is not None and "backward(" not in text


def _is_used(module: Module, block: Block) -> bool:
    """Whether a block defines what its file uses as a loss."""
    used = used_as_losses(module.text)
    return bool(used) and any(f"{name}(" in block.text for name in (each.rstrip("(") for each in used))


def _is_switched(module: Module, text: str) -> bool:
    """Whether a text trains by functions of the file, one of which leaves gradients switched off."""
    if _SWITCH not in module.text or _SWITCH in text:
        return False
    called = [(name, blocks) for name, blocks in module.bindings.items() if f"{name}(" in text]
    inside = [block.text for name, blocks in called for block in blocks if f"def {name}(" in block.text]
    return any(_SWITCH in each for each in inside) and any("backward(" in each for each in (text, *inside))


def _as_said(module: Module, root: Root) -> Root:
    """A root that no name calls a loss, as one if it returns one by its own words, or its file uses it so."""
    called = root.owner is not None and root.name.endswith(_CALLS)
    name = root.name if root.owner is None else f"{root.owner.name}(" if called else ""
    if name in used_as_losses(module.text):
        return replace(root, kind=Kind.LOSS)
    if called and "loss" in root.block.text:
        text = text_of(root)
        if says_only_loss(text):
            return replace(root, kind=Kind.LOSS)
        if root.kind is Kind.METRIC and says_loss(text):
            return replace(root, kind=Kind.NEUTRAL)
    elif root.kind is Kind.NEUTRAL and _gives_loss(root):
        return replace(root, kind=Kind.LOSS)
    return root


def _may_break(block: Block, training: bool = False) -> bool:
    """Whether a block can hold a break, by its text. `training`: what its modules compute is a loss."""
    if training and "def forward(" in block.text and has_event(code_of(block)):
        return True
    suspects = _suspects(block)
    return suspects is None or bool(suspects)


def _suspects(block: Block) -> frozenset[str] | None:
    """The functions of a block that are worth a look; None for all of them."""
    if "suspects" not in block.notes:
        block.notes["suspects"] = suspected(code_of(block))
    found = block.notes["suspects"]
    return found if isinstance(found, frozenset) else None


def _worth_running(module: Module, root: Root) -> bool:
    if root.kind is Kind.LOSS:
        return True
    return _says_enough(module, root) or _hands_on(module, root)


def _hands_on(module: Module, root: Root) -> bool:
    """Whether a function may return the number that another function of the file makes."""
    assert not isinstance(root.node, ast.Module)
    if root.kind is not Kind.NEUTRAL or not records_graph(root.node):
        return False
    text = text_of(root, code=True)
    if root.owner is not None and _suspects(root.block) == frozenset() and not calls_maker(module, text):
        return False
    return hands_on(module, root.block, text) and may_return_number(root, module, text)


def _says_enough(module: Module, root: Root) -> bool:
    """Whether the text of a function itself says that it is worth running."""
    name = root.name.rpartition(".")[2]
    suspects = _suspects(root.block)
    if suspects is not None and name not in suspects:
        return False
    text = text_of(root, code=True)
    criteria = criteria_of(code_of(root.block)) if root.owner is not None else frozenset()
    if not worth_running(root.kind, name, text, criteria):
        return False
    assert not isinstance(root.node, ast.Module)
    if not is_quiet(root.kind, text):
        return True
    if not (records_graph(root.node) or returns_number(text, criteria)):
        return False
    if may_return_number(root, module, text):
        return True
    if makes_new(text) and may_rebuild(root, module):
        return True
    return overwrites(text) and (root.owner is not None or may_train(root.node))


def _completes(module: Module, block: Block) -> bool:
    """Whether a block holds a class whose base, in this file, may hold a break."""
    head = _SUBCLASS.match(block.text)
    bases = frozenset(_WORD.findall(head.group(1))) if head is not None else frozenset()
    return any(_may_break(base) for base in module.bound_in(bases) if base is not block)


def text_of(root: Root, code: bool = False) -> str:
    """The source text of a function, its decorators included; of a script its block's.

    `code`: without what stands in its docstrings.
    """
    if root.elsewhere:
        return ""
    text = code_of(root.block) if code else root.block.text
    if isinstance(root.node, ast.Module):
        return text
    key = "lines of code" if code else "lines"
    lines = root.block.notes.get(key)
    if not isinstance(lines, list):
        lines = root.block.notes[key] = text.split("\n")
    decorators = root.node.decorator_list
    first = decorators[0].lineno if decorators else root.node.lineno
    return "\n".join(lines[first - 1 : root.node.end_lineno])


def _roots_of(block: Block, body: list[ast.stmt], prefix: str, owner: ast.ClassDef | None) -> Iterator[Root]:
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Root(prefix + statement.name, block, statement, owner, kind_of(statement, owner))
        elif isinstance(statement, ast.ClassDef):
            yield from _roots_of(block, statement.body, f"{prefix}{statement.name}.", statement)
        elif isinstance(statement, (ast.If, ast.Try)):
            yield from _roots_of(block, statement.body, prefix, owner)
            yield from _roots_of(block, statement.orelse, prefix, owner)


def function_faults(module: Module, block: Block) -> Iterator[Break]:
    """A subclass of torch.autograd.Function whose backward can't work, whoever applies it."""
    if "Function" not in block.text or "class " not in block.text:
        return
    for statement in parse_block(block).body:
        if not isinstance(statement, ast.ClassDef):
            continue
        found = Interpreter(module).global_value(module, statement.name)
        if isinstance(found, Class) and found.is_function:
            for fault in find_faults(found):
                # A `backward` that is inherited, with its own faults, is told of where it is written.
                at = fault.at if holder(found, fault) is found else found.methods.get("forward")
                if fault.index is None and at is not None:
                    yield Break(fault.cause, block, at, Verdict.CUT, (), fault.message)
