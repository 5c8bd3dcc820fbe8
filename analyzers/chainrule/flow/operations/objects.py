"""Classes and their instances: analysed ones run their `__init__`, library ones are known by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from chainrule.flow.core.graph import Source
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    ITEMS,
    NONE,
    Class,
    Const,
    Default,
    Function,
    Instance,
    Map,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.operations.holding import CONTAINERS, MAPPINGS, base_of, hold
from chainrule.flow.operations.parameter_names import name_made
from chainrule.syntax import walk_tree

# Classes of torch.nn without anything to learn; every other one holds parameters.
_STATELESS_FAMILIES = re.compile(
    r"(?:Loss|Dropout|Similarity|Distance|(?:Pool|Unpool|Pad|Dropout|Loss)[123]d)$"
)
_STATELESS = frozenset(
    """ReLU ReLU6 RReLU LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid Tanh Softmax LogSoftmax Softmax2d
    Softmin Softplus Softsign Softshrink Hardshrink Hardtanh Hardsigmoid Hardswish LogSigmoid Tanhshrink
    Threshold GLU Identity Flatten Unflatten Upsample UpsamplingNearest2d UpsamplingBilinear2d PixelShuffle
    PixelUnshuffle Fold Unfold ChannelShuffle LocalResponseNorm CrossMapLRN2d""".split()
)
# Those whose parameters are called weight and bias.
_LAYER = re.compile(
    r"torch\.nn\.(?:Linear|Bilinear|(?:Lazy)?Conv|Embedding|(?:Layer|Batch|Group|Instance)Norm)"
)


# How deep the parts of objects are made: they may refer to each other in circles.
_PARTS = 5


def learns(dotted: str) -> bool:
    """Whether instances of the library class `dotted` hold parameters."""
    if not dotted.startswith("torch.nn.") or dotted.startswith(
        ("torch.nn.functional", "torch.nn.init", "torch.nn.utils")
    ):
        return False
    name = dotted.rsplit(".", 1)[1]
    return name[:1].isupper() and name not in _STATELESS and not _STATELESS_FAMILIES.search(name)


def make_class(interp: Interpreter, statement: ast.ClassDef) -> Class:
    """The class that a `class` statement defines."""

    frame = interp.frame
    made = Class(statement, frame.scope, frame.module, frame.block)
    for base in statement.bases:
        made.bases.append(interp.evaluate(base))
    for child in _class_body(statement.body):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not _is_setter(child):
                made.methods[child.name] = child
        elif isinstance(child, ast.Assign):
            for target in child.targets:
                for name, value in _pairs(target, child.value):
                    made.attributes[name] = value
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            made.attributes[child.target.id] = child.value
    return made


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they stand for in `a = 1` and `a, b = 1, 2`."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, part in zip(target.elts, value.elts, strict=False):
            if isinstance(each, ast.Name):
                yield each.id, part


def _class_body(body: list[ast.stmt]) -> list[ast.stmt]:
    flat: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.If):
            flat.extend(_class_body([*statement.orelse, *statement.body]))
        else:
            flat.append(statement)
    return flat


def _is_setter(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(each, ast.Attribute) and each.attr in ("setter", "deleter")
        for each in method.decorator_list
    )


def new_instance(cls: Class, name: str, at: ast.AST) -> Instance:
    """An object of `cls` made by somebody else: of its arguments nothing is known."""
    made = Instance(cls, name=name)
    made.pending = (None, {}, at)
    return made


def instantiate(cls: Class, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Instance:
    """`cls(...)`; `__init__` runs when somebody looks at the object."""
    made = Instance(cls)
    made.pending = (arguments, keywords, at)
    return made


def ready(interp: Interpreter, instance: Instance) -> None:
    """Run `__init__` of an object that has only been made so far."""
    if instance.pending is None or instance.cls is None:
        return
    arguments, keywords, at = instance.pending
    instance.pending = None
    name, instance.name = instance.name, ""
    with interp.apart():
        fields = _fields(instance.cls)
        if fields is not None:
            _fill_fields(interp, instance, fields, arguments or [], keywords, at)
        else:
            _inherit(interp, instance, at)
            hold(interp, instance, base_of(instance.cls), [], at)
            _construct(interp, instance, arguments, keywords, at)
            _unsettle(interp, instance, instance.cls)
    name_made(instance, name)


def ready_parts(interp: Interpreter, instance: Instance, depth: int = 0) -> None:
    """Run `__init__` of an object and of those that it is made of: whoever asks for parameters wants all."""
    ready(interp, instance)
    if depth < _PARTS:
        for value in list(instance.attributes.values()):
            held = value.items if isinstance(value, Seq) else [value]
            held = list(value.items.values()) if isinstance(value, Map) else held
            for each in held:
                if isinstance(each, Instance):
                    ready_parts(interp, each, depth + 1)


def _unsettle(interp: Interpreter, instance: Instance, cls: Class) -> None:
    """Flags that other methods change are what the constructor says at first only."""
    text = cls.block.text
    for name, value in instance.attributes.items():
        if not isinstance(value, Const) or not value.known or not isinstance(value.value, bool):
            continue
        if text.count(f"self.{name} = ") > 1 and _is_assigned(cls, name):
            instance.attributes[name] = interp.setting(Default(cls.node.name, name, -1, value.value))


def _is_assigned(cls: Class, name: str) -> bool:
    """Whether a method besides the constructor assigns `self.name`."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store)
        for method_name, method in cls.methods.items()
        if method_name != "__init__"
        for node in walk_tree(method)
    )


def _inherit(interp: Interpreter, instance: Instance, at: ast.AST) -> None:
    """The parameters that an object has because one of its bases is a layer of torch's."""
    assert instance.cls is not None
    if any(_LAYER.match(base) for base in instance.cls.externals()):
        for name in ("weight", "bias"):
            leaf = interp.source(f"self.{name}", "parameter", at)
            leaf.leaf = True
            instance.attributes[name] = leaf


def _construct(
    interp: Interpreter,
    instance: Instance,
    arguments: list[Value] | None,
    keywords: Mapping[str, Value],
    at: ast.AST,
) -> None:

    cls = instance.cls
    assert cls is not None
    for each in cls.lineage():
        method = each.methods.get("__init__")
        if method is not None:
            function = Function(method, each.scope, each.module, each.block, each, instance)
            interp.call_function(function, arguments, keywords, at)
            return
    for index, value in enumerate(arguments or ()):
        instance.arguments[str(index)] = value
    instance.arguments.update(keywords)
    hold(interp, instance, base_of(cls), list(arguments or ()), at)


def _fields(cls: Class) -> list[tuple[str, ast.expr | None, Class]] | None:
    """The fields of a dataclass or NamedTuple, in order; None for other classes."""
    dataclass_like = any(
        "dataclass" in ast.unparse(decorator) or "attr" in ast.unparse(decorator)
        for each in cls.lineage()
        for decorator in each.node.decorator_list
    )
    named = any(name.endswith(("NamedTuple", "TypedDict")) for name in cls.externals())
    if (not dataclass_like and not named) or any("__init__" in each.methods for each in cls.lineage()):
        return None
    found: list[tuple[str, ast.expr | None, Class]] = []
    for each in reversed(cls.lineage()):
        for statement in each.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                found.append((statement.target.id, statement.value, each))
    return found


def _fill_fields(
    interp: Interpreter,
    instance: Instance,
    fields: list[tuple[str, ast.expr | None, Class]],
    arguments: list[Value],
    keywords: Mapping[str, Value],
    at: ast.AST,
) -> None:

    for index, (name, default, owner) in enumerate(fields):
        if index < len(arguments):
            value = arguments[index]
        elif name in keywords:
            value = keywords[name]
        elif default is not None:
            value = interp.evaluate_in(owner, _made_by_factory(default) or default)
            if isinstance(value, Const):
                value = interp.setting(
                    Default(instance.cls.node.name if instance.cls else "", name, index, value.value)
                )
        else:
            value = Const(None, known=False)
        instance.attributes[name] = value
    held: dict[object, Value] = {name: instance.attributes[name] for name, _, _ in fields}
    typed = instance.cls is not None and any(each.endswith("TypedDict") for each in instance.cls.externals())
    instance.attributes[ITEMS] = Map(dict(held)) if typed else Seq(list(held.values()), "tuple")
    if instance.cls is not None and any("__post_init__" in each.methods for each in instance.cls.lineage()):
        interp.call_method(instance, "__post_init__", [], {}, at)


def _made_by_factory(default: ast.expr) -> ast.expr | None:
    """`field(default_factory=list)` → `list()`."""
    for keyword in default.keywords if isinstance(default, ast.Call) else ():
        if keyword.arg == "default_factory":
            return ast.copy_location(ast.Call(keyword.value, [], []), default)
    return None


def external_instance(
    interp: Interpreter, dotted: str, arguments: list[Value], keywords: Mapping[str, Value], at: ast.AST
) -> Instance:
    """An object of a library class."""
    made = Instance(external=dotted)
    if interp.departure is None:
        made.made = interp.block, at
    for index, value in enumerate(arguments):
        made.arguments[str(index)] = value
    made.arguments.update(keywords)
    if dotted in CONTAINERS or dotted in MAPPINGS:
        hold(interp, made, dotted, arguments, at)
    elif dotted.startswith("torch.optim."):
        given = interp.tensors(made.arguments.values())
        for source in (each.node.source for each in given if each.node.source is not None):
            interp.optimised.add(id(source))
            source.role = "leaf" if source.role == "local" else source.role
    elif learns(dotted):
        leaf = interp.source("<module>", "parameter", at)
        leaf.leaf = True
        if leaf.node.source is not None:
            leaf.node.source.layer = True
        made.attributes["weight"] = leaf
        if dotted == "torch.nn.Linear" or dotted.startswith("torch.nn.Conv"):
            names = ("out_features", "out_channels")
            size = next((keywords[each] for each in names if each in keywords), NONE)
            size = arguments[1] if len(arguments) > 1 else size
            if isinstance(size, Const) and size.known and size.value == 1:
                made.arguments["one-output"] = Const(True)
    return made


def sources_of(given: Iterable[Tensor]) -> Iterator[Source]:
    """The sources that parameters, or all those of a network, are."""
    for node in (tensor.node for tensor in given):
        of = node.edges[0][0] if node.op == "parameters" and node.edges else node
        if of.source is not None:
            yield of.source
