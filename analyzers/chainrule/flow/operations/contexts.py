"""Context managers: which grad mode, and which value, the body of a `with` sees."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Class, Const, External, Function, Instance, Partial, Value
from chainrule.flow.core.words import words

GENERATED = "contextlib.contextmanager"
_GENERATORS = frozenset((GENERATED, "contextlib.asynccontextmanager"))
_OFF = frozenset(("torch.no_grad", "torch.inference_mode"))
DECORATING = _OFF | {"torch.enable_grad"}
"""Those whose objects, called on a function, give one that runs in their mode."""
_SWITCHES = DECORATING | {"torch.set_grad_enabled"}
_TRAINING = frozenset(("training", "train", "is_training", "is_train"))
# What a flag is called that asks for gradients, and one that asks for none.
_TRAINS = frozenset(("train", "trainable", "training", "learn", "learnable", "finetune", "tune"))
_FREEZES = frozenset(("freeze", "frozen"))
INVERTED = "inverted"
"""The note of gradients that are on exactly where their flag says off."""
LEFT_OFF = "set_grad_enabled(False)"
"""The note of gradients that a call switches off, for all that runs after it until another call."""
_PHASES = {"train": True, "training": True}
_PHASES.update(dict.fromkeys("val valid validation dev test testing eval evaluation".split(), False))
Body = Callable[[Value], None]


def run_with(interp: Interpreter, items: Sequence[ast.withitem], body: Sequence[ast.stmt]) -> bool:
    """Run the body of a `with`; True if it certainly ends the function."""
    mode, leaks = interp.mode, len(interp.switches.leaks)
    try:
        return _inside(interp, items, body)
    finally:
        interp.mode = mode
        del interp.switches.leaks[leaks:]


def _inside(interp: Interpreter, items: Sequence[ast.withitem], body: Sequence[ast.stmt]) -> bool:
    if not items:
        return interp.execute(body)
    first, rest = items[0], items[1:]
    at = first.context_expr
    ended = False

    def run(entered: Value) -> None:
        nonlocal ended
        if first.optional_vars is not None:
            interp.assign(first.optional_vars, entered, at)
        ended = _inside(interp, rest, body)

    _around(interp, interp.evaluate(at), run, at)
    return ended


def enter(interp: Interpreter, context: Value, at: ast.AST) -> Value:
    """`stack.enter_context(context)`, `context.__enter__()`: from here on its grad mode holds."""
    mode = interp.mode
    value: Value = NONE

    def run(entered: Value) -> None:
        nonlocal mode, value
        mode, value = interp.mode, entered

    _around(interp, context, run, at)
    interp.mode = mode
    return value


def mode_inside(interp: Interpreter, context: Value, at: ast.AST) -> Gate | None:
    """The grad mode of a function that `context` decorates."""
    before = interp.mode
    try:
        enter(interp, context, at)
        return interp.mode
    finally:
        interp.mode = before


def is_generator(function: Function) -> bool:
    """Whether calling `function` makes a context manager: it is decorated with @contextmanager."""
    if isinstance(function.node, ast.Lambda) or not function.node.decorator_list:
        return False
    return any(
        function.module.names.resolve(decorator) in _GENERATORS for decorator in function.node.decorator_list
    )


def is_manager(cls: Class) -> bool:
    """Whether objects of `cls` can decorate a function as they can stand in a `with`."""
    return any(name == "contextlib.ContextDecorator" or name in _SWITCHES for name in cls.externals())


def managed(function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Instance:
    """What calling a @contextmanager function gives: its code runs when the `with` is entered."""
    made = Instance(external=GENERATED)
    made.arguments["call"] = Partial(function, arguments, keywords)
    return made


def _around(interp: Interpreter, context: Value, body: Body, at: ast.AST) -> None:
    """Run `body` with what entering `context` gives, in the grad mode that it sets."""
    if isinstance(context, Instance) and context.external == GENERATED:
        _around_yield(interp, context, body, at)
        return
    gate = context_gate(interp, context, at)
    if gate is not None:
        interp.mode = gate[0]
    if not isinstance(context, Instance):
        body(context)
    elif context.cls is None:
        result = context.arguments.get("0") or context.arguments.get("enter_result")
        plain = context.external == "contextlib.nullcontext"
        body((result or NONE) if plain else context)
    else:
        body(interp.call_method(context, "__enter__", [], {}, at) or context)
        interp.call_method(context, "__exit__", [NONE, NONE, NONE], {}, at)


def _around_yield(interp: Interpreter, context: Instance, body: Body, at: ast.AST) -> None:
    """Run the generator behind `context`; where it yields, the body runs in its own function."""
    call = context.arguments["call"]
    assert isinstance(call, Partial) and isinstance(call.function, Function)
    function, departure = call.function, interp.departure
    entered = False

    def resumed(value: Value) -> None:
        nonlocal entered
        entered = True
        generator, away = interp.frame, interp.departure
        interp.leave()
        interp.departure = departure
        try:
            body(value)
        finally:
            interp.enter(generator)
            interp.departure = away

    made = function.bind(function.bound)
    made.at_yield = resumed
    interp.call_function(made, call.arguments, call.keywords, at)
    if not entered:  # it was not followed to its yield
        body(interp.unknown(at))


def context_gate(interp: Interpreter, context: Value, at: ast.AST) -> tuple[Gate | None] | None:
    """The grad mode that a context sets: (gate,) or (None,), and None where it sets none."""
    if isinstance(context, External) and context.dotted in _OFF:
        return (interp.gate(Cause.NO_GRAD, at),)
    if not isinstance(context, Instance):
        return None
    kind = context.external
    if context.cls is not None:
        kind = next((name for name in context.cls.externals() if name in _SWITCHES), "")
    flag = context.arguments.get("0") or context.arguments.get("mode")
    known = flag.value if isinstance(flag, Const) and flag.known else None
    if kind in _OFF:
        if known is False:
            return (None,) if kind == "torch.inference_mode" else None
        return (interp.gate(Cause.NO_GRAD, at),)
    if kind == "torch.enable_grad":
        return (None,)
    if kind == "torch.set_grad_enabled" and known is not None:
        return (None,) if known else (interp.gate(Cause.NO_GRAD, at),)
    if kind == "torch.set_grad_enabled" and _says_the_opposite(at):
        return (interp.gate(Cause.NO_GRAD, at, note=INVERTED),)
    return None


def _says_the_opposite(at: ast.AST) -> bool:
    """`set_grad_enabled(not train_body)`, `set_grad_enabled(frozen)`: off where gradients are asked for."""
    if not isinstance(at, ast.Call):
        return False
    flag = next(iter((*at.args, *(keyword.value for keyword in at.keywords))), None)
    inverted = isinstance(flag, ast.UnaryOp) and isinstance(flag.op, ast.Not)
    if isinstance(flag, ast.UnaryOp):
        flag = flag.operand
    name = flag.id if isinstance(flag, ast.Name) else flag.attr if isinstance(flag, ast.Attribute) else ""
    verb = words(name)[:1]
    return bool(verb) and verb[0] in (_TRAINS if inverted else _FREEZES)


def holds_in_training(condition: ast.expr) -> bool | None:
    """Whether a condition holds while a model trains, where it says so: `self.training`, `phase == "val"`."""
    if isinstance(condition, (ast.Name, ast.Attribute)):
        name = condition.id if isinstance(condition, ast.Name) else condition.attr
        return True if name in _TRAINING else None
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        inner = holds_in_training(condition.operand)
        return None if inner is None else not inner
    if isinstance(condition, ast.BoolOp):
        parts = [holds_in_training(each) for each in condition.values]
        deciding = isinstance(condition.op, ast.Or)
        return deciding if deciding in parts else None if None in parts else not deciding
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        return _names_phase(condition.ops[0], condition.left, condition.comparators[0])
    return None


def _names_phase(op: ast.cmpop, left: ast.expr, right: ast.expr) -> bool | None:
    """`phase == "train"`, `"val" != phase`, `phase in ("val", "test")`."""
    if isinstance(op, (ast.In, ast.NotIn)):
        parts = right.elts if isinstance(right, (ast.Tuple, ast.List, ast.Set)) else []
    elif isinstance(op, (ast.Eq, ast.NotEq)):
        parts = [each for each in (left, right) if isinstance(each, ast.Constant)]
    else:
        return None
    named = [_PHASES.get(str(each.value).lower()) for each in parts if isinstance(each, ast.Constant)]
    if not named or None in named:
        return None
    return (True in named) != isinstance(op, (ast.NotIn, ast.NotEq))
