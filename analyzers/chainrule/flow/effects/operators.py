"""Apply an operator that the facts table knows."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Gate, Node, Saved
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.saving import saved
from chainrule.flow.core.values import Const, Seq, Setting, Tensor, Value, is_inherited
from chainrule.flow.effects.complex_numbers import of_number_kind
from chainrule.flow.effects.creation import fresh
from chainrule.flow.effects.operator_marks import check_arguments, first_of, mark
from chainrule.flow.effects.overloads import bind
from chainrule.flow.numbers import finite, precision, ranges, single, spectra, starts
from chainrule.flow.operations.inplace import edit
from chainrule.gradient_facts import Gradient, Operator, Output, Reason, lookup

_CAUSES = {
    reason: Cause(reason.value) for reason in Reason if reason.value in {cause.value for cause in Cause}
}
# Results that say whether a value is finite or what it is, asked in guards and never meant as values.
_SILENT = frozenset(
    ("isnan", "isinf", "isfinite", "isneginf", "isposinf", "isreal", "is_nonzero", "equal", "allclose")
)
# Operators that make integers of booleans.
_COUNTING = frozenset(("sum", "nansum", "cumsum", "prod", "cumprod"))
# Without a dimension they return one value, and no indices.
_WHOLE = frozenset(("max", "min", "median", "nanmedian", "unique", "unique_consecutive"))
# Composites of products: a * b saves each operand for the other's gradient only.
_PRODUCTS = frozenset(("matmul", "multiply", "inner", "outer"))


def apply(
    interp: Interpreter,
    operator: Operator,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """The result of calling `operator`; `name` is its last part as the user wrote it, without `_`."""
    arguments = [interp.unknown(at, op="attribute") if is_inherited(each) else each for each in arguments]
    if name == "where" and len(arguments) == 1 and not keywords:  # the places where it holds
        operator, name = lookup("torch.nonzero") or operator, "nonzero"
    keywords = {
        key: Const(None, known=False) if is_inherited(each) else each for key, each in keywords.items()
    }
    operator, bound = bind(of_number_kind(operator, arguments), arguments, keywords)
    if _is_in_place(bound.get("inplace")):
        twin = lookup(f"torch.{operator.name}_")
        operator = replace(operator, inplace=True, outputs=twin.outputs if twin else operator.outputs)
    edges = _edges(interp, operator, bound, at)
    # `zeros_like(x, requires_grad=True)`: a leaf, whatever its size came from.
    leaf = _flag(bound.get("requires_grad")) and set(operator.tensors) <= set(operator.nondifferentiable)
    if leaf or (not edges and not operator.inplace):
        return _without_inputs(interp, operator, name, bound, at)
    first = next(iter(bound.values()), None)
    if name == "where":
        first = bound.get("input") or bound.get("self") or first
    results: list[Value] = []
    outputs = operator.outputs or (Output("", Gradient.FLOWS),)
    asked = "return_indices" in (*operator.arguments, *bound)
    if (asked and not _flag(bound.get("return_indices"))) or (name in _WHOLE and len(bound) == 1):
        outputs = outputs[:1]
    for output in outputs:
        results.append(_result(interp, operator, output, name, edges, bound, first, at))
    if len(results) == 1:
        value = results[0]
        if isinstance(value, Tensor):
            finite.check_call(interp, name, value.node, list(bound.values()), at)
            check_arguments(interp, name, bound, value.node, at)
            if operator.inplace and isinstance(first, Tensor):
                edit(interp, first, value.node, at, [e for e in edges if e[0] is not first.node])
                starts.refill(interp, name, first, bound)
                return first
        return value
    return Seq(results, "tuple", True, tuple(output.name for output in outputs))


def _flag(value: Value | None) -> bool:
    return isinstance(value, Const) and value.known and value.value is True


WEIGHTS = frozenset(("weight", "pos_weight"))
"""Arguments of losses that may not even require grad: the call itself raises."""


def _is_in_place(flag: Value | None) -> bool:
    """Whether an activation writes into its argument: one that a setting tells to, by its default."""
    return _flag(flag) or (isinstance(flag, Setting) and flag.value is True)


def _edges(interp: Interpreter, operator: Operator, bound: Mapping[str, Value], at: ast.AST) -> list[Edge]:
    edges: list[Edge] = []
    for name, value in bound.items():
        if isinstance(value, Const):
            continue
        gate: Gate | None = None
        if name in operator.nondifferentiable:
            gate = interp.gate(None, at)
        elif name in operator.zero:
            gate = interp.gate(_why_zero(operator), at, zero=True)
        elif name in operator.raising or (name == "weight" and _weighs_classes(operator, bound)):
            gate = interp.gate(Cause.NOT_IMPLEMENTED, at, raises=True, note=name if name in WEIGHTS else "")
        if isinstance(value, Tensor):
            edges.append((value.node, gate))
        else:
            edges += [(node, gate) for node in interp.nodes([value])]
    return edges


def _weighs_classes(operator: Operator, bound: Mapping[str, Value]) -> bool:
    """Whether weights are those of a cross-entropy with class indices: their derivative is not implemented.

    Beside a target of probabilities they are factors, through which gradient flows.
    """
    target = bound.get("target")
    if not operator.name.endswith("nn.functional.cross_entropy") or not isinstance(target, Tensor):
        return False
    return target.node.dtype == "int" or (target.node.dtype is None and target.node.source is not None)


def _without_inputs(
    interp: Interpreter, operator: Operator, name: str, bound: Mapping[str, Value], at: ast.AST
) -> Value:
    """A tensor made from nothing that could receive gradient: zeros, rand, arange."""

    return fresh(interp, name, bound, at, operator.result_dtype)


def _result(
    interp: Interpreter,
    operator: Operator,
    output: Output,
    name: str,
    edges: list[Edge],
    bound: Mapping[str, Value],
    first: Value | None,
    at: ast.AST,
) -> Value:
    gate = output_gate(interp, output, name, at) if operator.tensors else interp.gate(None, at)
    gate = gate or _flat(interp, name, bound, first, at)
    filled = bound.get("fill_value")
    if output.gradient is Gradient.CUT and (filled is not None or output.reason is Reason.CONSTANT):
        if _flag(bound.get("requires_grad")):
            return fresh(interp, name, bound, at, output.dtype)
        # The numbers that fill a new tensor were cut when they became numbers; its shape carries nothing.
        kept: list[Edge] = [(node, g) for node, g in edges if node.kind == "scalar"]
        if isinstance(filled, Tensor) and filled.node.kind == "tensor":
            kept = [(filled.node, interp.gate(_filling(filled.node), at))]
        made = interp.node(name, at, kept, dtype=output.dtype, within=bounds.of_call(name, bounds.ANY))
        if isinstance(filled, Const):
            made.bounds = bounds.of_number(filled.value)
        mark(made, name, bound, [])
        return Tensor(made)
    gated = edges if gate is None else [(n, g if g is not None and g.cause else gate) for n, g in edges]
    parents = [node for node, g in edges]
    if name == "embedding":
        first = bound.get("weight", first)  # the rows of a table are what that is, and not as their indices
    head = first.node if isinstance(first, Tensor) else (parents[0] if parents else None)
    chosen = head is not None and (name != "where" or isinstance(first, Tensor))
    kept_dtype = head.dtype if head is not None and chosen else None
    if kept_dtype == "bool" and name in _COUNTING:
        kept_dtype = "int"
    made = interp.node(name, at, gated, dtype=output.dtype or kept_dtype)
    if head is not None:
        made.bounds = ranges.of_operator(name, bound, head)
        if (output.name == spectra.EIGENVALUES or name in spectra.OF_MATRICES) and spectra.is_gram(head):
            made.bounds = bounds.NONNEGATIVE
        elif name in ranges.CLAMPS:
            made.bounds = precision.rounded(interp, made.bounds, head)
        made.tags = finite.tags_of(name, [head]) | single.marks(name, bound, parents, at)
        if interp.starts:
            starts.follow(interp, made, name, bound, head)
    mark(made, name, bound, parents)
    if output.reason in (Reason.PYTHON_SCALAR, Reason.NUMPY) and output.gradient is Gradient.CUT:
        made.kind = "scalar" if output.reason is Reason.PYTHON_SCALAR else "array"
    result = Tensor(made)
    if operator.view and isinstance(first, Tensor):
        result = Tensor(made, first.storage, first)
        if output.reason is Reason.DETACH:
            result.detached = "detach"
    if gate is None:
        made.saved = _saved(operator, output, name, bound, result, interp)
    return result


def _filling(node: Node) -> Cause | None:
    """Why a value that fills a new tensor gets no gradient, if it is a tensor at all."""
    outside = node.op in ("call", "attribute", "element", "name", "argument")
    setting = node.source is not None and node.source.role not in STRONG
    return None if outside or setting else Cause.PYTHON_SCALAR


def _flat(
    interp: Interpreter, name: str, bound: Mapping[str, Value], first: Value | None, at: ast.AST
) -> Gate | None:
    """A relu of what is never positive is 0; a softmax over a single class is 1 whatever the logit is."""
    if isinstance(first, Tensor) and ranges.is_flat(name, bound, first.node.bounds):
        return interp.gate(Cause.SATURATION, at, zero=True)
    if interp.starts and isinstance(first, Tensor) and starts.stuck(interp, name, bound, first.node):
        return interp.gate(Cause.SATURATION, at, zero=True, note=starts.note(interp, first.node))
    other = bound.get("other") or bound.get("mat2")
    if interp.starts and isinstance(first, Tensor) and isinstance(other, Tensor) and name in starts.PRODUCTS:
        if starts.both_zero(interp, first.node, other.node):
            return interp.gate(Cause.SATURATION, at, zero=True, note="zeros")
    if isinstance(first, Tensor) and name in precision.STEPS and "steep" in first.node.tags:
        return interp.gate(Cause.SATURATION, at, zero=True, note="steep")
    return single.constant(interp, name, bound, first, at) if isinstance(first, Tensor) else None


def _why_zero(operator: Operator) -> Cause:
    """Why the gradient of an input is zero: the places of a grid, a draw, a step."""
    if "sample" in operator.name:
        return Cause.NEAREST
    return Cause.SAMPLING if operator.reason is Reason.SAMPLING else Cause.ROUNDING


def output_gate(interp: Interpreter, output: Output, name: str, at: ast.AST) -> Gate | None:
    """The gate that an output of a known operator puts on its inputs."""
    if output.gradient is Gradient.FLOWS:
        return None
    if name in _SILENT:
        return interp.gate(None, at)
    cause = _CAUSES.get(output.reason) if output.reason is not None else None
    if output.gradient is Gradient.RAISES:
        return interp.gate(Cause.NOT_IMPLEMENTED, at, raises=True)
    if output.gradient is Gradient.ZERO:
        return interp.gate(cause or Cause.ROUNDING, at, zero=True)
    return interp.gate(cause or Cause.NONDIFFERENTIABLE, at)


def _saved(
    operator: Operator,
    output: Output,
    name: str,
    bound: Mapping[str, Value],
    result: Tensor,
    interp: Interpreter,
) -> tuple[Saved, ...]:
    if not operator.saves and not output.saved:
        return ()
    if name == "pad" and not _mirrors(bound.get("mode")):
        return ()
    keep: list[Saved] = []
    tensors = {key: value for key, value in bound.items() if isinstance(value, Tensor)}
    for argument in operator.saves:
        value = tensors.get(argument)
        if value is None:
            continue
        only = [v.node for key, v in tensors.items() if (argument, key) in operator.needed_for]
        if not only and any(argument == each for each, _ in operator.needed_for):
            continue  # `a.lerp(b, 0.1)`: a and b are read for the gradient of a weight alone
        if not only and name in _PRODUCTS:
            only = [v.node for key, v in tensors.items() if key != argument]
        needed = only[0] if only else None
        if operator.inplace and value is first_of(bound):
            continue  # autograd keeps a copy of what is overwritten
        keep.append(saved(value, needed))
    if output.saved and (name != "pow" or isinstance(bound.get("exponent"), Tensor)):
        first = first_of(bound)
        if operator.inplace and isinstance(first, Tensor):
            keep.append(Saved(first.storage, first.storage.state["version"] + 1, None))
        else:
            keep.append(saved(result))
    return tuple(keep)


def _mirrors(mode: Value | None) -> bool:
    """Whether `pad` fills with what it is given, which it saves then: a constant needs nothing."""
    return mode is not None and not (isinstance(mode, Const) and mode.value == "constant")
