"""Run the roots of a module: its functions, methods and its own statements, each on symbolic arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator
from dataclasses import replace

from chainrule.findings import Verdict
from chainrule.flow import python as python
from chainrule.flow.calls import call_function
from chainrule.flow.causes import Cause
from chainrule.flow.custom_functions import find_faults
from chainrule.flow.decorators import name_of
from chainrule.flow.graph import Gate, Node, behind
from chainrule.flow.inplace import report_stale
from chainrule.flow.interpreter import Frame, Interpreter, OutOfBudget
from chainrule.flow.objects import new_instance, ready
from chainrule.flow.program import Module, Project, Scope
from chainrule.flow.returned import may_return_number
from chainrule.flow.roles import Kind, kind_of, role_of, roles_of
from chainrule.flow.stated import NOTHING_KNOWN, KnownRoles
from chainrule.flow.statements import execute
from chainrule.flow.steps import loss_part, next_step, returned_after_backward
from chainrule.flow.trace import Break, Root, Trace
from chainrule.flow.triggers import may_break, only_if_returned, worth_running
from chainrule.flow.values import Class, Const, External, Function, Instance, Partial, Seq, Tensor, Value
from chainrule.syntax import Block, parse_block

_GLOBAL_OFF = re.compile(
    r"^torch\.(?:autograd\.)?set_grad_enabled\(\s*(?:mode\s*=\s*)?False\s*\)", re.MULTILINE
)
# Folders of code that measures: what looks like a loss there is a figure.
_MEASURING_PATH = re.compile(r"(?:^|[/\\])(?:torch)?metrics?[/\\]|[/\\]evaluat(?:ion|ors?)[/\\]")
# Files of losses: a module that computes something there is one, whatever it is called.
_LOSS_PATH = re.compile(r"(?:^|[/\\])loss(?:es)?(?:[/\\]|\.py$)|_loss(?:es)?\.py$")
# Annotations of arguments that are no tensors.
_PLAIN = frozenset(
    ("int", "float", "bool", "str", "bytes", "None", "Callable", "dict", "Dict", "Path", "device")
)
_SUBCLASS = re.compile(r"(?:@[^\n]*\n)*class\s+\w+\(([^)]*)\)")
_WORD = re.compile(r"\w+")
MODULE = "<module>"


def may_hold_roots(module: Module, block: Block) -> bool:
    """Whether a block can hold what `roots` and `function_faults` look for; most blocks of a file don't."""
    text = block.text
    return "def " in text or ("class " in text and "Function" in text) or block is module.script_start


def roots(module: Module, block: Block, everything: bool = True) -> Iterator[Root]:
    """The functions and methods of a block; the module itself with the block that starts its script.

    Not `everything`: only those that can hold a break.
    """
    breaking = everything or may_break(block.text)
    if "def " in block.text and (breaking or _completes(module, block)):
        own = [*_roots_of(block, parse_block(block).body, "", None), *_inherited(module, block, breaking)]
        measuring = _MEASURING_PATH.search(module.path) is not None
        training = not measuring and _LOSS_PATH.search(module.path) is not None
        for root in own:
            if measuring and root.kind is not Kind.METRIC and not root.name.endswith(".loss"):
                root = replace(root, kind=Kind.NEUTRAL if root.kind is Kind.LOSS else Kind.METRIC)
            elif training and root.kind is Kind.NEUTRAL and root.name.endswith(".forward"):
                root = replace(root, kind=Kind.LOSS)
            if everything or _worth_running(root):
                yield root
    if block is module.script_start:
        yield Root(MODULE, block, ast.Module([], []), None, Kind.LOSS)


def _worth_running(root: Root) -> bool:
    text = text_of(root)
    if not worth_running(root.kind, root.name.rpartition(".")[2], text):
        return False
    assert not isinstance(root.node, ast.Module)
    return not only_if_returned(root.kind, text) or may_return_number(root.node)


def _completes(module: Module, block: Block) -> bool:
    """Whether a block holds a class whose base, in this file, may hold a break."""
    head = _SUBCLASS.match(block.text)
    bases = frozenset(_WORD.findall(head.group(1))) if head is not None else frozenset()
    return any(may_break(base.text) for base in module.bound_in(bases) if base is not block)


def _inherited(module: Module, block: Block, breaking: bool) -> Iterator[Root]:
    """Losses that a class inherits and completes: a base's method calls what the class defines.

    Not `breaking`: nothing but what such a method calls itself can make a difference.
    """
    for statement in parse_block(block).body:
        if not isinstance(statement, ast.ClassDef):
            continue
        if not any(
            isinstance(base, ast.Name) and base.id not in module.names.bound for base in statement.bases
        ):
            continue
        cls = Interpreter(module).global_value(module, statement.name)
        if not isinstance(cls, Class):
            continue
        for base in cls.lineage()[1:]:
            if base.module is not module:
                continue
            for name, method in base.methods.items():
                kind = kind_of(method, statement)
                named = kind is Kind.LOSS or name in ("forward", "__call__", "loss")
                if name in cls.methods or not (named or (kind is Kind.NEUTRAL and name[0] != "_")):
                    continue
                if (named and breaking) or _calls_one_of(cls.methods, method):
                    yield Root(f"{statement.name}.{name}", base.block, method, statement, kind)


def _calls_one_of(methods: Container[str], caller: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method calls one of `methods` of its own object."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in methods
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        for node in ast.walk(caller)
    )


def text_of(root: Root) -> str:
    """The source text of a function, its decorators included; of a script its block's."""
    if isinstance(root.node, ast.Module):
        return root.block.text
    lines = root.block.notes.get("lines")
    if not isinstance(lines, list):
        lines = root.block.text.split("\n")
        root.block.notes["lines"] = lines
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
                if fault.index is None:
                    yield Break(fault.cause, block, fault.at, Verdict.CUT, (), fault.message)


def run(
    module: Module,
    root: Root,
    project: Project | None = None,
    known: KnownRoles = NOTHING_KNOWN,
) -> Trace:
    """Follow `root` and say what it showed. Never raises; `complete` is False where it is too large.

    `known`: what is known of the arguments' roles besides their names.
    """
    interp = Interpreter(module, project)
    if root.kind is not Kind.LOSS:
        interp.budget //= 5
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
    except (OutOfBudget, RecursionError):
        complete = False
    losses = interp.nodes([loss_part(value)]) if value is not None else []
    trained = {id(node) for backward in interp.backwards for node in behind(backward.node)}
    open_losses = [loss for loss in losses if not _is_figure(loss, trained)]
    if interp.backwards:
        returned_after_backward(interp, open_losses)
    report_stale(interp, open_losses)
    losses = [*losses, *(backward.node for backward in interp.backwards)]
    interp.release()
    return Trace(
        root, losses, interp.events, interp.hazards, interp.backwards, interp.sources, complete, arguments
    )


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
                    return Gate(Cause.NO_GRAD, block, statement, note="set_grad_enabled(False)")
    return None


def _run_script(interp: Interpreter, module: Module) -> None:
    for block, statement in module.statements():
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
                instance = found if "classmethod" in kinds else new_instance(found, "self", node)
    if isinstance(instance, Instance) and node.name == "__init__":
        instance.pending = None
    function = Function(node, scope, module, root.block, owner, instance)
    given, keywords = _symbolic(interp, root, node, function, arguments, known)
    if not isinstance(instance, Instance) or root.kind is Kind.METRIC:
        return call_function(interp, function, given, keywords, node)
    ready(interp, instance)
    before = dict(instance.attributes)
    value = call_function(interp, function, given, keywords, node)
    next_step(interp, function, given, keywords, before, value)
    return value


def _find_class(interp: Interpreter, module: Module, root: Root) -> Class | None:
    parts = root.name.split(".")[:-1]
    value = interp.global_value(module, parts[0])
    for _ in parts[1:]:
        return None
    return value if isinstance(value, Class) else None


def _symbolic(
    interp: Interpreter,
    root: Root,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    function: Function,
    arguments: list[Node],
    known: KnownRoles,
) -> tuple[list[Value], dict[str, Value]]:
    """Symbolic values for the parameters: sources for tensors, defaults that may not hold for settings."""
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    skip = 1 if function.bound is not None or (root.owner is not None and _takes_self(node)) else 0
    names = [parameter.arg for parameter in positional[skip:]]
    names += [parameter.arg for parameter in spec.kwonlyargs]
    roles = {**roles_of(names), **known.shown}

    def argument(parameter: ast.arg, default: ast.expr | None, position: int) -> Value:
        name = parameter.arg
        return _argument(interp, parameter, default, roles[name], position, arguments, known.stated.get(name))

    given: list[Value] = []
    if skip and function.bound is None:
        given.append(interp.unknown(node, op="self"))
    first_default = len(positional) - len(spec.defaults)
    for index, parameter in enumerate(positional[skip:], start=skip):
        default = spec.defaults[index - first_default] if index >= first_default else None
        given.append(argument(parameter, default, index - skip))
    keywords = {
        parameter.arg: argument(parameter, default, len(given))
        for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    }
    if spec.vararg is not None:
        rest = interp.source(spec.vararg.arg, role_of(spec.vararg.arg), spec.vararg, len(given))
        arguments.append(rest.node)
        given.append(rest)
    return given, keywords


def _takes_self(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg in ("self", "cls")


def _argument(
    interp: Interpreter,
    parameter: ast.arg,
    default: ast.expr | None,
    role: str,
    position: int,
    arguments: list[Node],
    stated: str | None,
) -> Value:
    if stated is not None:
        tensor = interp.source(parameter.arg, stated, parameter, position)
        assert tensor.node.source is not None
        tensor.node.source.stated = True
        arguments.append(tensor.node)
        return tensor
    if isinstance(default, ast.Constant) and default.value is not None:
        return Const(default.value, known=False)
    if default is not None and not isinstance(default, ast.Constant):
        number = _number(default)
        if number is not None:
            return Const(number, known=False)
        if isinstance(default, (ast.Tuple, ast.List, ast.Dict)):
            return Seq([Const(None, known=False)], "tuple", False)
        if isinstance(default, (ast.Name, ast.Attribute, ast.Lambda)):
            given = interp.evaluate(default)
            if isinstance(given, (Function, Partial, External)):
                return given
    if parameter.annotation is not None and _is_plain(parameter.annotation):
        return Const(None, known=False)
    tensor = interp.source(parameter.arg, role, parameter, position)
    arguments.append(tensor.node)
    return tensor


def _number(expression: ast.expr) -> float | None:
    try:
        value = ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, (int, float)) else None


def _is_plain(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Name):
        return annotation.id in _PLAIN
    if isinstance(annotation, ast.Constant):
        return annotation.value is None or str(annotation.value) in _PLAIN
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        if isinstance(annotation.value, ast.Name) and annotation.value.id == "Optional":
            return _is_plain(inner)
        return isinstance(annotation.value, ast.Name) and annotation.value.id in ("Callable", "Literal")
    if isinstance(annotation, ast.BinOp):
        return _is_plain(annotation.left) and _is_plain(annotation.right)
    return False


__all__ = ["MODULE", "Tensor", "Trace", "roots", "run"]
