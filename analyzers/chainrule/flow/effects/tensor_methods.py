"""Methods of tensors: `x.detach()`, `x.backward()`, and every operator in method form."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    Const,
    External,
    Function,
    Instance,
    Map,
    Partial,
    Seq,
    Sizes,
    Tensor,
    Value,
)
from chainrule.flow.effects import operators, optimisers, type_tests
from chainrule.flow.effects.casts import cast, dtype_of
from chainrule.flow.effects.creation import fresh, rebuilt
from chainrule.flow.effects.lifetime import backward
from chainrule.flow.operations import freezing, hooks
from chainrule.flow.operations.copies import handed_back
from chainrule.flow.operations.counts import shape_of, size_along, size_of
from chainrule.flow.operations.leaves import require_grad
from chainrule.flow.operations.overwritten import overwrite
from chainrule.gradient_facts import lookup
from chainrule.syntax import walk_tree

_SIZES = frozenset(("dim", "numel", "nelement", "stride", "element_size", "ndimension", "storage_offset"))
_PARTS = frozenset(("modules", "named_modules", "children", "named_children"))
_QUESTIONS = frozenset(
    """is_complex is_contiguous get_device data_ptr retain_grad is_pinned
    type_string storage untyped_storage __len__ requires_grad""".split()
)
_INTEGER_CASTS = {"long": "int", "int": "int", "short": "int", "byte": "int", "char": "int", "bool": "bool"}
_FLOAT_CASTS = frozenset(("float", "double", "half", "bfloat16"))
_HALVES = frozenset(("torch.half", "torch.float16"))
_NEW = frozenset(("new_tensor", "new_zeros", "new_ones", "new_full", "new_empty", "new"))


def call_tensor_method(
    interp: Interpreter,
    owner: Tensor,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)`."""
    node = owner.node
    if name == "size":
        sizes = shape_of(interp, owner, at)
        return size_along(sizes, arguments[0]) if isinstance(sizes, Sizes) and arguments else sizes
    if name in _SIZES:
        return size_of(interp, owner, at)
    if name == "register_hook" and any(_runs_backward(value) for value in arguments):
        # The hook brings the gradient to what autograd does not reach from here.
        elsewhere = Node("call", interp.block, at)
        interp.put_node(owner, interp.node("hooked", at, ((node, None), (elsewhere, None)), kind=node.kind))
    elif name == "register_hook" and arguments:
        hooks.on_gradient(interp, owner, arguments[0], at)
    if name == hooks.AFTER and arguments:
        hooks.register_outside(interp, owner, arguments[0])
        return Const(None, known=False)
    if name == "retain_grad":
        interp.retained.add(id(node))
    if name == "is_floating_point":
        return type_tests.is_floating_point(interp, [owner], {}, at)
    if name in _QUESTIONS or name == "register_hook":
        return Const(None, known=False)
    if name == "backward":
        # `accelerator.backward(loss)`, `scaler.backward(loss)`
        given = arguments[0] if arguments else None
        driven = given if isinstance(given, Tensor) and not _is_result(owner, given) else owner
        return backward(interp, driven, keywords, at)
    if name == "requires_grad_":
        flag = arguments[0] if arguments else keywords.get("requires_grad", Const(True))
        freezing.set_trained(interp, (owner,), flag)
        if not (isinstance(flag, Const) and flag.known and flag.value is False):
            require_grad(interp, owner, at)
        return owner
    if name == "load_state_dict" and node.source is not None and arguments:
        overwrite(interp, interp.tensors([_learnt(interp, owner, "parameters", at)]), arguments[:1], at)
        return Const(None, known=False)
    if name == "step" and optimisers.is_named(owner):
        return optimisers.step_of_argument(interp, owner, arguments, at)
    if name in ("detach", "detach_"):
        return _detach(interp, owner, name, at)
    if name in ("parameters", "named_parameters", "state_dict") and node.kind == "tensor":
        return _learnt(interp, owner, name, at)
    if name in _PARTS and node.source is not None and node.source.role == "callable":
        return _parts(interp, owner, name, at)
    if name in _INTEGER_CASTS:
        return cast(interp, owner, name, _INTEGER_CASTS[name], at)
    if name in _FLOAT_CASTS or name in ("to", "type", "type_as", "astype"):
        return _cast_to(interp, owner, name, arguments, keywords, at)
    if name in _NEW:
        return _new(interp, owner, name, arguments, keywords, at)
    if name == "copy" and node.kind == "tensor":
        return interp.unknown(at, [owner])
    if node.kind == "array" and name in ("min", "max"):  # of an array: no indices beside the values
        return Tensor(interp.node(name, at, ((node, None),), kind="array", within=node.bounds))
    plain = name[:-1] if name.endswith("_") and not name.startswith("_") else name
    operator = lookup(f"Tensor.{name}")
    if operator is not None and node.kind == "array" and operator.reason is not None:
        operator = None
    if operator is not None:
        result = operators.apply(interp, operator, plain, [owner, *arguments], keywords, at)
        if node.kind == "array" and isinstance(result, Tensor) and result is not owner:
            result.node.kind = "array"
        return result
    handed = interp.nodes([*arguments, *keywords.values()])
    if node.source is not None and handed and all(each.kind == "array" for each in handed):
        # A method of no tensor, which is given arrays and gives one: `scaler.inverse_transform(x)`.
        return Tensor(interp.node("call", at, [(each, None) for each in handed], kind="array"))
    # A method of something that only may be a tensor.
    made = interp.node("call", at, [(n, None) for n in interp.nodes([owner, *arguments, *keywords.values()])])
    made.kind = node.kind if node.kind == "array" else "tensor"
    return Tensor(made)


def _runs_backward(hook: Value) -> bool:
    """Whether a hook runs a backward pass of its own, as gradient caching does."""
    if isinstance(hook, Partial):
        return _runs_backward(hook.function)
    return isinstance(hook, Function) and any(
        isinstance(node, ast.Attribute) and node.attr == "backward" for node in walk_tree(hook.node)
    )


def _is_result(tensor: Tensor, weight: Tensor) -> bool:
    """Whether `tensor.backward(weight)` goes back from `tensor`: it drives no backward pass from `weight`."""
    if tensor.node.op == "call" and tensor.node.edges:
        # `y = model(x)` and what has no history itself: the weights of a product with the Jacobian.
        return not any(each.source is not None or each.is_opaque for each in behind(weight.node))
    return tensor.node.op not in ("source", "attribute", "name", "argument", "call")


def _learnt(interp: Interpreter, owner: Tensor, name: str, at: ast.AST) -> Value:
    """The parameters of a model that came in as an argument; a state_dict holds detached ones."""
    if owner.node.source is not None and owner.node.source.role != "target":
        owner.node.source.role = "callable"
    handed_back(interp, owner.node)
    gate = interp.gate(Cause.DETACH, at, note="state_dict") if name == "state_dict" else None
    kind = name if name == "state_dict" else "parameters"
    one = Tensor(interp.node(kind, at, ((owner.node, gate),)), owner.storage)
    if name == "state_dict":
        return Map({}, one)
    if name == "named_parameters":
        return Seq([Seq([Const(None, known=False), one], "tuple")], "generator", False)
    return Seq([one], "generator", False)


def _parts(interp: Interpreter, owner: Tensor, name: str, at: ast.AST) -> Value:
    """The layers of a network that came in as an argument: of any one of them the parameters are its own."""
    layer = Instance(external="torch.nn.Module")
    layer.arguments[hooks.WHOLE] = owner
    for each in ("weight", "bias"):
        learnt = interp.node("parameters", at, ((owner.node, None),))
        layer.attributes[each] = Tensor(learnt, owner.storage)
    one: Value = layer
    if name.startswith("named"):
        one = Seq([Const(None, known=False), layer], "tuple")
    return Seq([one], "generator", False)


def _detach(interp: Interpreter, owner: Tensor, name: str, at: ast.AST) -> Value:
    node = owner.node
    gate = interp.gate(Cause.DETACH, at, note=".detach()")
    made = interp.node("detach", at, ((node, gate),), dtype=node.dtype, within=node.bounds, tags=node.tags)
    if name == "detach_":
        interp.put_node(owner, made)
        return owner
    result = Tensor(made, owner.storage, owner)
    result.detached = "detach"
    return result


def _cast_to(
    interp: Interpreter,
    owner: Tensor,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    node = owner.node
    given = [*arguments, *keywords.values()]
    if name in _FLOAT_CASTS:
        kind: str | None = "float"
    else:
        kinds = [dtype_of(value) for value in given]
        kind = next((each for each in kinds if each), None)
        other = arguments[0].node if arguments and isinstance(arguments[0], Tensor) else None
        if other is not None and (name == "type_as" or name == "to"):
            if other.dtype in ("int", "bool"):
                kind = "int"
            elif name == "type_as" and other.source is not None and other.source.position > 0:
                return _cast_like_target(interp, owner, other.source.name, at)
    if kind == "int":
        return cast(interp, owner, name, "int", at)
    made = interp.node(
        name, at, ((node, None),), kind=node.kind, dtype=kind or node.dtype, within=node.bounds
    )
    made.tags = node.tags
    if name == "half" or any(isinstance(v, External) and v.dotted in _HALVES for v in given):
        made.tags |= {"half"}
    elif kind == "float":
        made.tags -= {"half"}
    return Tensor(made, owner.storage, owner.base) if kind is None else Tensor(made)


def _cast_like_target(interp: Interpreter, owner: Tensor, target: str, at: ast.AST) -> Value:
    """`pred.type_as(target)`: cut whenever the target holds integers, as class labels and ratings do."""
    gate = interp.gate(Cause.INTEGER_CAST, at, note=f"like {target}")
    made = interp.node("type_as", at, ((owner.node, gate),), within=owner.node.bounds)
    return Tensor(made)


def _new(
    interp: Interpreter,
    owner: Tensor,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:

    if name == "new_tensor" and arguments:
        return rebuilt(interp, arguments, keywords, at, "new_tensor")
    return fresh(
        interp, name[4:] or "empty", {**keywords, **dict(zip("0123", arguments, strict=False))}, at, None
    )
