"""Calls: which code a call runs, and entering it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import compares, is_network
from chainrule.flow.core.saving import saved
from chainrule.flow.core.values import (
    Choice,
    Class,
    Const,
    External,
    Function,
    Instance,
    Map,
    Method,
    Partial,
    Seq,
    Super,
    Tensor,
    Value,
)
from chainrule.flow.core.words import words
from chainrule.flow.effects import builtin_calls, custom_functions, function_runs, layers, libraries, modules
from chainrule.flow.effects.tensor_methods import call_tensor_method
from chainrule.flow.entering import call_function
from chainrule.flow.operations import containers, contexts, decorators, hooks
from chainrule.flow.operations.attributes import attribute, of_class
from chainrule.flow.operations.holding import SEQUENTIAL, base_of
from chainrule.flow.operations.objects import instantiate, ready
from chainrule.flow.operations.records import network_by_key
from chainrule.flow.parameters import given_arguments

# Methods of who trains: `accelerator.backward(loss)`.
_BACKWARDS = frozenset(("backward", "manual_backward"))
# What works on data and learns nothing, by the last word of its name.
_PREPARES = frozenset(
    "transform transforms preprocess augment augmentation aug normalize tokenizer collate".split()
)


def call_expression(interp: Interpreter, node: ast.Call) -> Value:
    """The value of a call expression."""

    func = node.func
    if isinstance(func, ast.Name) and func.id == "super" and interp.lookup("super") is None:
        return _super(interp)
    if isinstance(func, ast.Attribute):
        base = interp.evaluate(func.value)
        callee: Value = (
            Method(base, func.attr) if isinstance(base, Tensor) else attribute(interp, base, func.attr, func)
        )
    else:
        callee = interp.evaluate(func)
    arguments, keywords = given_arguments(interp, node)
    return call(interp, callee, arguments, keywords, node)


def _super(interp: Interpreter) -> Value:
    for frame in reversed(interp.frames):
        if frame.owner is not None and frame.bound is not None:
            return Super(frame.owner, frame.bound)
    return interp.unknown(interp.frame.function or ast.Pass())


def call(
    interp: Interpreter, callee: Value, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`callee(*arguments, **keywords)`."""
    interp.step()
    if isinstance(callee, Function):
        if contexts.is_generator(callee):
            return contexts.managed(callee, arguments, keywords)
        return call_function(interp, callee, arguments, keywords, at)
    if isinstance(callee, External):
        if callee.dotted.startswith("builtins."):
            return builtin_calls.call_builtin(interp, callee.dotted[9:], arguments, keywords, at)
        if "loss" in keywords and callee.dotted.endswith("Output"):  # a record of what a model gives
            return Seq(list(keywords.values()), "tuple", True, tuple(keywords))
        return libraries.call_library(interp, callee.dotted, arguments, keywords, at)
    if isinstance(callee, Class):
        if callee.is_function:
            return custom_functions.called(interp, callee, arguments, at)
        made = instantiate(callee, arguments, keywords, at)
        if "register_" in callee.block.text:
            ready(interp, made)  # it changes what it is given, perhaps before somebody looks at it
        return made
    if isinstance(callee, Method):
        return _call_method(interp, callee, arguments, keywords, at)
    if isinstance(callee, Instance):
        if callee.cls is not None and callee.cls.is_function:
            return custom_functions.called(interp, callee.cls, arguments, at)
        if not callee.hooks:
            return call_instance(interp, callee, arguments, keywords, at)
        arguments = hooks.before(interp, callee, arguments, at)
        result = call_instance(interp, callee, arguments, keywords, at)
        return hooks.after(interp, callee, arguments, result, at)
    if isinstance(callee, Partial):
        arguments, keywords = [*callee.arguments, *arguments], {**callee.keywords, **keywords}
        if callee.mode is None:
            return call(interp, callee.function, arguments, keywords, at)
        with interp.grad_mode(callee.mode[0]):
            return call(interp, callee.function, arguments, keywords, at)
    if isinstance(callee, Choice):
        value = _call_any(interp, callee.options, arguments, keywords, at)
        if callee.by is None or not isinstance(value, Tensor):
            return value
        return Tensor(interp.node("index", at, ((value.node, None), (callee.by, interp.gate(None, at)))))
    if isinstance(callee, Tensor):
        if arguments and _goes_back(at):
            return libraries.run_backward(interp, arguments, keywords, at)
        # A callable that came in from outside: a model, a loss, a helper.
        callee = network_by_key(interp, callee, at) if arguments else callee
        source = callee.node.source
        given_any = bool(arguments or keywords)  # else it may be `d() if callable(d) else d`
        open_role = source is not None and source.role in ("unknown", "prediction", "data", "setting")
        open_role = open_role and (given_any or (source is not None and source.role != "data"))
        if source is not None and open_role and not compares(source.name):
            source.role = "setting" if source.name.endswith("tokenizer") else "callable"
        # What a library has made with settings may hold parameters, whatever these came from.
        library = callee.node.op == "call" and "module-call" not in callee.node.tags
        result = interp.unknown(at, [callee, *arguments, *keywords.values()], opaque=library)
        # What is called with nothing makes a network, a data set or a random number, and saves none.
        called = source is not None and source.role == "callable" and not _prepares(source.name)
        if called and (arguments or keywords):
            result.node.tags |= {"module-call"}
            # The memory of a network stands for its parameters: a layer needs them for its input's gradient.
            given = [value for value in arguments if isinstance(value, Tensor)]
            result.node.saved = tuple(saved(callee, value.node) for value in given)
            if source is not None and is_network(
                source.name
            ):  # and its input for the gradient of the parameters
                result.node.saved += tuple(saved(value, callee.node) for value in given)
        if interp.hooked:
            hooks.call_outside(interp, callee, arguments, result, at)
        return result
    # `self.head = None`, which another method replaces by a network before it is called
    placeholder = isinstance(callee, Const) and callee.known and callee.value is None
    return interp.unknown(at, [*arguments, *keywords.values()], opaque=placeholder)


def _goes_back(at: ast.AST) -> bool:
    """Whether a call is one of a method that makes a backward pass of what it is given."""
    return isinstance(at, ast.Call) and getattr(at.func, "attr", "") in _BACKWARDS


def _prepares(name: str) -> bool:
    """Whether something is called after what is done to data before a network gets it."""
    return not _PREPARES.isdisjoint(words(name)[-1:])


def _call_any(
    interp: Interpreter,
    options: list[Value],
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """The call of one of several functions: each is followed, from the same state."""
    results: list[Value] = []

    def alternative(option: Value) -> Callable[[], bool]:
        def run() -> bool:
            results.append(call(interp, option, list(arguments), dict(keywords), at))
            return False

        return run

    interp.branches([alternative(option) for option in options], None, at)
    return interp.join(results, at)


def _call_method(
    interp: Interpreter, method: Method, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    owner = method.owner
    if isinstance(owner, Tensor):
        return call_tensor_method(interp, owner, method.name, arguments, keywords, at)
    if isinstance(owner, (Seq, Map)):
        return containers.call_container(interp, owner, method.name, arguments, keywords, at)
    if isinstance(owner, Class):
        return custom_functions.apply_function(interp, owner, [*arguments, *keywords.values()], at)
    if isinstance(owner, Super):
        return modules.call_base_method(interp, owner.bound, method.name, arguments, keywords, at)
    if isinstance(owner, Instance):
        if owner.external == function_runs.CONTEXT:
            return function_runs.call_context(interp, owner, method.name, arguments)
        return modules.call_object_method(interp, owner, method.name, arguments, keywords, at)
    if isinstance(owner, Const):
        return Const(None, known=False)
    if method.name in _BACKWARDS and arguments:
        return libraries.run_backward(interp, arguments, keywords, at)
    return interp.unknown(at, [owner, *arguments, *keywords.values()])


def call_instance(
    interp: Interpreter, instance: Instance, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`instance(...)`: `__call__` or, for a module, `forward`."""
    if instance.cls is None:
        return layers.call_external_instance(interp, instance, arguments, keywords, at)
    for name in ("__call__", "forward"):
        found = call_method(interp, instance, name, arguments, keywords, at)
        if found is not None:
            return found
    if base_of(instance.cls) == SEQUENTIAL:
        return layers.call_in_sequence(interp, instance, arguments, at)
    unseen = bool(instance.cls.externals())  # the base that is called may have parameters of its own
    return interp.unknown(at, [instance, *arguments, *keywords.values()], opaque=unseen)


def call_method(
    interp: Interpreter,
    instance: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value | None:
    """`instance.name(...)` where an analysed class defines it, else None."""
    if instance.cls is None:
        return None
    method = of_class(interp, instance.cls, name, instance, at)
    if method is None:
        return None
    return call(interp, method, arguments, keywords, at)


def bind_method(
    interp: Interpreter,
    cls: Class,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    instance: Instance | None,
    at: ast.AST,
) -> Value:
    """The method as an attribute: bound, static, or (a property) the value of calling it."""
    kinds = {decorators.name_of(decorator) for decorator in node.decorator_list}
    function = Function(node, cls.scope, cls.module, cls.block, cls)
    if "staticmethod" in kinds:
        return function
    if "classmethod" in kinds:
        function.bound = cls
        return function
    if instance is not None and kinds & {"property", "cached_property"}:
        function.bound = instance
        value = call_function(interp, function, [], {}, at)
        if "cached_property" in kinds:
            interp.put(instance.attributes, node.name, value)
            interp.stores[node.name] = (cls.block, decorators.named(node, "cached_property"))
        return value
    return decorators.decorated(interp, function).bind(instance)
