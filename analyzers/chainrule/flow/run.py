"""Run one root of a module - a function, a method or the module's own statements - on symbolic arguments."""

from __future__ import annotations

import ast
import re

from chainrule.flow import python as python
from chainrule.flow.arguments import symbolic_arguments
from chainrule.flow.collected import collect
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Backward, Gate, Node, behind, walk
from chainrule.flow.core.interpreter import Frame, Interpreter, OutOfBudget
from chainrule.flow.core.kinds import Kind, is_called_loss
from chainrule.flow.core.loss_part import loss_part
from chainrule.flow.core.program import Module, Project, Scope
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.stated import NOTHING_KNOWN, KnownRoles
from chainrule.flow.core.trace import Root, Trace
from chainrule.flow.core.triggers import is_quiet
from chainrule.flow.core.values import Class, Function, Instance, Value
from chainrule.flow.entering import call_function
from chainrule.flow.entry_points import text_of
from chainrule.flow.kept import state_of
from chainrule.flow.nested import enclosed
from chainrule.flow.operations.contexts import LEFT_OFF
from chainrule.flow.operations.decorators import decorated, name_of
from chainrule.flow.operations.inplace import report_stale
from chainrule.flow.operations.leaves import DERIVED
from chainrule.flow.operations.objects import new_instance, ready
from chainrule.flow.statements import execute
from chainrule.flow.steps import next_step, returned_after_backward
from chainrule.syntax import parse_block

_GLOBAL_OFF = re.compile(
    r"^torch\.(?:autograd\.)?set_grad_enabled\(\s*(?:mode\s*=\s*)?False\s*\)", re.MULTILINE
)

# What part of a loss's budget others get: most of them have nothing to do with training.
_BUDGET_PARTS = {Kind.LOSS: 1, Kind.NEUTRAL: 5, Kind.METRIC: 15, Kind.MODEL: 30}
# … and those of which only what they return tells whether they train anything.
_QUIET_PART = 15


def run(
    module: Module,
    root: Root,
    project: Project | None = None,
    known: KnownRoles = NOTHING_KNOWN,
    by_default: bool = False,
) -> Trace:
    """Follow `root` and say what it showed. Never raises; `complete` is False where it is too large.

    `known`: what is known of the arguments' roles besides their names. `by_default`: settings are what
    their defaults say, otherwise they may be anything.
    """
    interp = Interpreter(module, project)
    interp.by_default = by_default
    quiet = project is None and is_quiet(root.kind, text_of(root, code=True))
    interp.budget //= _QUIET_PART if quiet else _BUDGET_PARTS[root.kind]
    off = _GLOBAL_OFF.search(module.text) if "set_grad_enabled(" in module.text else None
    complete = True
    value: Value | None = None
    arguments: list[Node] = []
    frame = Frame(module, Scope(module.scope), root.block, root.node)
    interp.enter(frame)
    if off is not None:
        interp.mode = _global_gate(module, off.start())
    try:
        if isinstance(root.node, ast.Module):
            _run_script(interp, module)
        else:
            value = _run_function(interp, module, root, arguments, known)
            if isinstance(value, Instance):
                ready(interp, value)
    except (OutOfBudget, RecursionError):
        complete = False
    called = root.kind is Kind.LOSS
    losses = interp.nodes([loss_part(value, root.node, called)]) if value is not None else []
    losses = [loss for loss in losses if not _is_noted(loss)]
    if losses and is_called_loss(root.name) and all(_is_beside(b, root, losses) for b in interp.backwards):
        interp.backwards.clear()
    trained = {id(node) for backward in interp.backwards for node in behind(backward.node)}
    open_losses = [loss for loss in losses if not _is_figure(loss, trained)]
    if interp.backwards:
        returned_after_backward(interp, [each for each in open_losses if _may_be_loss(root, each)])
    if _is_recorded(root):
        report_stale(interp, open_losses)
    if interp.backwards:  # what was trained is returned, and is no loss itself
        losses = [loss for loss in losses if loss.source is None]
    losses = [*losses, *(backward.node for backward in interp.backwards)]
    interp.release()
    module.contents.restore()
    return Trace(
        root,
        losses,
        interp.events,
        interp.hazards,
        interp.backwards,
        interp.sources,
        complete,
        arguments,
        interp.taken,
        frozenset(interp.optimised),
        interp.exchanged,
        interp.switches,
        interp.settings,
        interp.steps,
        interp.asked_calls,
    )


def _is_recorded(root: Root) -> bool:
    """Whether autograd records what a root computes: it does not within a torch.autograd.Function."""
    bases = root.owner.bases if root.owner is not None else ()
    return all(getattr(base, "attr", getattr(base, "id", "")) != "Function" for base in bases)


def _may_be_loss(root: Root, value: Node) -> bool:
    """Whether somebody may call backward on what a root returns: it is no map of a picture."""
    return root.kind is Kind.LOSS or is_scalar(value)


def _is_beside(backward: Backward, root: Root, losses: list[Node]) -> bool:
    """Whether a helper of a loss makes a backward pass of something else: an attack, a table of importance.

    What the loss returns is to train then, and no report of what was trained.
    """
    if isinstance(root.node, ast.Module):
        return False
    end = root.node.end_lineno or root.node.lineno
    if backward.block is root.block and root.node.lineno <= getattr(backward.at, "lineno", 0) <= end:
        return False
    made = (node for loss in losses for node in walk(loss, _made_of))
    return all(node is not backward.node for node in made)


def _made_of(node: Node) -> list[Node]:
    """What a value is computed from; a gradient that was left somewhere is a number of its own."""
    return [] if node.op == "grad" else [parent for parent, _ in node.edges]


def _is_noted(loss: Node) -> bool:
    """Whether a number is returned whose own derivative has been asked for: that is what trains."""
    stopped = bool(loss.edges) and all(gate is not None for _, gate in loss.edges)
    return stopped and all(DERIVED in parent.tags for parent, _ in loss.edges)


def _is_figure(loss: Node, trained: set[int]) -> bool:
    """Whether a backward pass has gone through all of a loss already: it is returned to be printed."""
    if id(loss) in trained:
        return True
    scaled = loss.op in ("add", "sub", "mult", "div", "neg") and bool(loss.edges)
    return scaled and all(_is_figure(parent, trained) for parent, _ in loss.edges)


def _global_gate(module: Module, offset: int) -> Gate | None:
    line = module.text.count("\n", 0, offset)
    for block in module.blocks:
        if block.start <= line < block.start + block.text.count("\n") + 1:
            for statement in parse_block(block).body:
                if statement.lineno + block.start == line + 1:
                    return Gate(Cause.NO_GRAD, block, statement, note=LEFT_OFF)
    return None


def _run_script(interp: Interpreter, module: Module) -> None:
    """Run the statements of a module; its functions see the names that these bind."""
    known = dict(module.globals)
    interp.frame.scope.parent, module.scope.parent = None, interp.frame.scope
    try:
        _run_statements(interp, module)
    finally:
        module.scope.parent = None
        module.globals.clear()
        module.globals.update(known)


def _run_statements(interp: Interpreter, module: Module) -> None:
    registered = {id(block) for blocks in module.registrations.values() for block in blocks}
    for block, statement in module.statements():
        if id(block) in registered:  # by a decorator, in a table that the script has made
            interp.frame.block = block
            execute(interp, [statement])
        if isinstance(
            statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        ):
            continue
        interp.frame.block = block
        body = (
            statement.body
            if isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)
            else [statement]
        )
        if execute(interp, body):
            break


def _run_function(
    interp: Interpreter, module: Module, root: Root, arguments: list[Node], known: KnownRoles
) -> Value:
    assert not isinstance(root.node, ast.Module)
    node = root.node
    owner: Class | None = None
    instance: Value | None = None
    scope = module.scope
    if root.owner is not None:
        found = _find_class(interp, module, root)
        if found is not None:
            owner, scope = found, found.scope
            kinds = {name_of(each) for each in node.decorator_list}
            if "staticmethod" not in kinds:
                made_at = root.owner if root.elsewhere else node
                instance = found if "classmethod" in kinds else new_instance(found, "self", made_at)
    if isinstance(instance, Instance):
        interp.subject = instance
        if node.name == "__init__":
            instance.pending = None
    function = enclosed(interp, module, root) or Function(node, scope, module, root.block, owner, instance)
    at: ast.AST = node
    if root.elsewhere and owner is not None and root.owner is not None:
        base = next(each for each in owner.lineage() if node in each.methods.values())
        function, at = Function(node, base.scope, base.module, base.block, base, instance), root.owner
    wrapped = decorated(interp, function) if node.decorator_list and instance is None else function
    given, keywords = symbolic_arguments(interp, root, node, function, arguments, known)
    if not isinstance(instance, Instance) or root.kind is Kind.METRIC:
        return call_function(interp, wrapped, given, keywords, at)
    ready(interp, instance)
    collected = collect(interp, root, function)
    before = state_of(interp, instance)
    value = call_function(interp, function, given, keywords, at)
    if not collected:  # whoever has the object may empty its lists before they are filled again
        next_step(interp, function, given, keywords, before, value, root.kind is Kind.LOSS)
    return value


def _find_class(interp: Interpreter, module: Module, root: Root) -> Class | None:
    parts = root.name.split(".")[:-1]
    value = interp.global_value(module, parts[0])
    for _ in parts[1:]:
        return None
    return value if isinstance(value, Class) else None
