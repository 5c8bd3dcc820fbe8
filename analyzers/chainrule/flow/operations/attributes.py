"""Attributes: reading `x.name` and storing to it."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, Source
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.values import (
    NONE,
    Choice,
    Class,
    Const,
    External,
    Function,
    Instance,
    Map,
    Member,
    Method,
    Seq,
    Super,
    Tensor,
    Value,
    is_inherited,
)
from chainrule.flow.operations import hooks
from chainrule.flow.operations.counts import shape_of
from chainrule.flow.operations.exchanged import exchange
from chainrule.flow.operations.filling import fill
from chainrule.flow.operations.freezing import set_trained
from chainrule.flow.operations.leaves import (
    UNSET,
    is_asked_for,
    is_made_from,
    is_trained,
    loses_leaf,
    passes_leaf_by,
    read_gradient,
    require_grad,
)
from chainrule.flow.operations.objects import ready
from chainrule.flow.operations.overwritten import is_parameter, overwrite
from chainrule.flow.operations.parameter_names import name_object
from chainrule.flow.operations.records import property_of
from chainrule.gradient_facts import lookup
from chainrule.names import canonical

# Attributes of a tensor that say something about it and carry no value of it.
METADATA = frozenset(
    """shape ndim dtype device requires_grad is_cuda is_leaf layout grad_fn names itemsize nbytes is_sparse
    is_quantized is_meta output_nr""".split()
)
# Sizes that a layer is made with.
_SIZES = frozenset(
    """num_embeddings embedding_dim in_features out_features in_channels out_channels kernel_size stride
    padding hidden_size input_size num_layers num_heads embed_dim normalized_shape""".split()
)
_SAME = frozenset(("T", "mT", "H", "mH", "real", "imag"))


def attribute(interp: Interpreter, owner: Value, name: str, at: ast.AST) -> Value:
    """`owner.name`."""
    if isinstance(owner, Tensor):
        return _of_tensor(interp, owner, name, at)
    if isinstance(owner, Instance):
        return of_instance(interp, owner, name, at)
    if isinstance(owner, External):
        return _of_external(interp, owner, name)
    if isinstance(owner, Seq):
        if name in owner.fields:
            return owner.items[owner.fields.index(name)]
        return Method(owner, name)
    if isinstance(owner, Map):
        if name in owner.items:
            return owner.items[name]
        return Method(owner, name)
    if isinstance(owner, Class):
        if name == "apply" and owner.is_function and "apply" not in owner.methods:
            return Method(owner, name)
        return of_class(interp, owner, name, None, at) or External(f"{owner.node.name}.{name}")
    if isinstance(owner, Super):
        return _of_super(interp, owner, name, at)
    if isinstance(owner, Const):
        if owner.known and isinstance(owner.value, str):
            return Method(owner, name)
        return Const(None, known=False, data=owner.data)
    if is_inherited(owner):
        return interp.unknown(at, op="attribute")
    if isinstance(owner, Choice):
        if owner.by is None:
            return Const(None, known=False)
        return interp.join([attribute(interp, each, name, at) for each in owner.options], at)
    return Method(owner, name)


def _of_external(interp: Interpreter, owner: External, name: str) -> Value:
    dotted = canonical(f"{owner.dotted}.{name}")
    if dotted in ("math.pi", "torch.pi", "numpy.pi", "math.e"):
        return Const(3.14159 if dotted.endswith("pi") else 2.71828)
    if dotted in ("torch.inf", "math.inf", "numpy.inf"):
        return Const(float("inf"))
    if not dotted.startswith(("torch.", "numpy.", "math.")):
        found = interp.imported(dotted, interp.frame.module)
        if not isinstance(found, External):
            return found
    return External(dotted)


def _of_tensor(interp: Interpreter, owner: Tensor, name: str, at: ast.AST) -> Value:
    node = owner.node
    if name == "shape":
        return shape_of(interp, owner, at)
    if name in METADATA:
        return Const(None, known=False, data=name == "nbytes")
    if name == "data":
        made = interp.node(
            "data", at, ((node, interp.gate(Cause.DETACH, at, note=".data")),), within=node.bounds
        )
        made.dtype, made.kind, made.tags = node.dtype, node.kind, node.tags
        result = Tensor(made, owner.storage, owner)
        result.detached = "data"
        return result
    if name == "grad":
        return read_gradient(interp, owner, at)
    if name in _SAME:
        made = interp.node(name, at, ((node, None),), within=node.bounds, dtype=node.dtype, tags=node.tags)
        return Tensor(made, owner.storage, owner)
    if lookup(f"Tensor.{name}") is not None:
        return Method(owner, name)
    found = property_of(interp, owner, name, at)
    if found is not None:
        return found
    # `batch.labels` carries data and no gradient.
    gate = interp.gate(None, at) if role_of(name) == "target" else None
    return Tensor(interp.node("attribute", at, ((node, gate),)))


def of_instance(interp: Interpreter, owner: Instance, name: str, at: ast.AST) -> Value:
    """`object.name`: what was stored, else what its class says, else something unknown."""
    found = owner.attributes.get(name)
    if type(found) is Seq and not found.items and owner is interp.subject:
        fill(interp, owner, name, found)
    if found is not None:
        return hooks.parametrised(interp, owner, name, found, at) if owner.hooks else found
    if owner.cls is not None:
        if owner.pending is not None:
            ready(interp, owner)
            found = owner.attributes.get(name)
            if found is not None:
                return found
        value = of_class(interp, owner.cls, name, owner, at)
        if value is not None:
            return value
        if name == "__class__":
            return owner.cls
        getter = of_class(interp, owner.cls, "__getattr__", owner, at)
        if isinstance(getter, Function) and owner.cls.is_module is False:
            return interp.unknown(at, [owner], op="attribute")
        if owner.cls.is_module and name == "training":
            return Const(True)
        if owner.cls.externals():
            return Method(owner, name)
        made = interp.unknown(at, op="attribute")
        return made
    if name in _SIZES:
        return Const(None, known=False)
    weight = owner.attributes.get("weight")
    if name == "bias" and isinstance(weight, Tensor) and weight.node.source is not None:
        return _bias(interp, owner, weight, weight.node.source)
    given = owner.arguments.get(name)  # `SimpleNamespace(loss=loss).loss`
    return given if isinstance(given, Tensor) else Method(owner, name)


def _bias(interp: Interpreter, layer: Instance, weight: Tensor, of: Source) -> Value:
    """The bias of one of torch's layers: a parameter beside the one that stands for all of the layer."""
    flag = layer.arguments.get("bias")
    if isinstance(flag, Const) and flag.known and flag.value is False:
        return NONE
    made = interp.source(of.name.removesuffix("weight") + "bias", of.role, weight.node.at)
    made.leaf = weight.leaf
    made.node.tags = weight.node.tags
    assert made.node.source is not None
    made.node.source.layer, made.node.source.held = of.layer, of.held
    if id(of) in interp.optimised:
        interp.optimised.add(id(made.node.source))
    layer.attributes["bias"] = made
    return made


def of_class(
    interp: Interpreter, cls: Class, name: str, instance: Instance | None, at: ast.AST
) -> Value | None:
    """A method (bound to `instance`), property or class attribute of `cls` or its bases."""

    for each in cls.lineage():
        method = each.methods.get(name)
        if method is not None:
            return interp.bind_method(each, method, instance, at)
        if name in each.attributes:
            expression = each.attributes[name]
            if expression is None:
                return None
            if isinstance(expression, ast.Call) and ast.unparse(expression.func).endswith("auto"):
                return Const(Member(f"{each.node.name}.{name}"))
            return interp.evaluate_in(each, expression)
    return None


def _of_super(interp: Interpreter, owner: Super, name: str, at: ast.AST) -> Value:
    instance = owner.bound if isinstance(owner.bound, Instance) else None
    if owner.cls is not None:
        for base in owner.cls.bases:
            if isinstance(base, Class):
                value = of_class(interp, base, name, instance, at)
                if value is not None:
                    return value
    return Method(owner, name)


def store_attribute(
    interp: Interpreter, owner: Value, name: str, value: Value, target: ast.AST, at: ast.AST
) -> None:
    """`owner.name = value`."""
    if isinstance(owner, Instance):
        ready(interp, owner)
        old = owner.attributes.get(name)
        if isinstance(value, Tensor):
            _name_leaf(interp, owner, name, value)
            if (
                (
                    isinstance(old, Tensor)
                    and old.leaf
                    and not value.leaf
                    and is_made_from(value.node, old.node)
                    and not is_asked_for(interp, name, old)
                )
                or loses_leaf(interp, value.node)
                or passes_leaf_by(interp, value.node, at)
                or is_trained(interp, owner, name, value)
            ):
                interp.event(Cause.NON_LEAF, at, value.node, f"self.{name}")
        elif isinstance(value, Instance):
            name_object(value, f"{owner.name or 'self'}.{name}")
        elif isinstance(value, Seq):
            for index, item in enumerate(value.items):
                if isinstance(item, Instance):
                    name_object(item, f"{owner.name or 'self'}.{name}.{index}")
        exchange(interp, old, value, at)
        interp.put(owner.attributes, name, value)
        interp.stores[name] = interp.place(at)
    elif isinstance(owner, Tensor):
        if name == "data" and not (is_parameter(owner) and overwrite(interp, [owner], [value], at)):
            gate = interp.gate(Cause.DETACH, at, note=".data =")
            edges = [(owner.node, None), *((node, gate) for node in interp.nodes([value]))]
            made = Node("set-data", interp.block, at, tuple(edges), owner.node.kind)
            interp.put_node(owner, made)
        elif name == "requires_grad":
            set_trained(interp, (owner,), value)
            if isinstance(value, Const) and value.known and value.value is True:
                require_grad(interp, owner, at)
            elif not (isinstance(value, Const) and value.known):
                owner.node.tags |= {UNSET}
    elif isinstance(owner, Map):
        interp.put(owner.items, name, value)


def _name_leaf(interp: Interpreter, owner: Instance, name: str, value: Tensor) -> None:
    source = value.node.source
    if source is not None and source.name.startswith("<"):
        source.name = f"self.{name}"
