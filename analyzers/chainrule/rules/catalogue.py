"""Every rule, in the order of codes."""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.causes import Cause
from chainrule.flow.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names, result

E, W = Severity.ERROR, Severity.WARNING


def _rule(code: str, name: str, summary: str, severity: Severity, cause: Cause, why: str) -> Rule:
    def message(found: Break) -> str:
        text = why.format(result=result(found), names=names(found), note=found.note)
        return text[0].upper() + text[1:]

    return Rule(code, name, summary, severity, frozenset({cause}), message, "")


RULES: tuple[Rule, ...] = (
    _rule(
        "CR101",
        "detached",
        "A value is detached on its way into the loss",
        E,
        Cause.DETACH,
        "detaching takes the value out of the graph: {result}",
    ),
    _rule(
        "CR102",
        "no-grad",
        "Part of the loss is computed with gradients switched off",
        E,
        Cause.NO_GRAD,
        "gradients are switched off here: {result}",
    ),
    _rule(
        "CR103",
        "comparison",
        "A comparison is used as a value",
        E,
        Cause.COMPARISON,
        "a comparison gives booleans, which carry no gradient: {result}",
    ),
    _rule(
        "CR104",
        "index",
        "Indices are used as values",
        E,
        Cause.INDEX,
        "indices are integers and carry no gradient: {result}",
    ),
    _rule(
        "CR105",
        "python-scalar",
        "A tensor becomes a plain Python number",
        E,
        Cause.PYTHON_SCALAR,
        "the tensor becomes a plain Python number: {result}",
    ),
    _rule(
        "CR106",
        "numpy",
        "A tensor goes through numpy",
        E,
        Cause.NUMPY,
        "numpy does not record gradients: {result}",
    ),
    _rule(
        "CR107",
        "tensor-rebuild",
        "A new tensor is built from tensors",
        E,
        Cause.REBUILD,
        "a new tensor copies the values and not their history: {result}",
    ),
    _rule(
        "CR108",
        "integer-cast",
        "A tensor is cast to an integer dtype",
        E,
        Cause.INTEGER_CAST,
        "integer tensors can't require grad: {result}",
    ),
    _rule(
        "CR109",
        "nondifferentiable",
        "An operator has no gradient",
        E,
        Cause.NONDIFFERENTIABLE,
        "this operator has no gradient: {result}",
    ),
    _rule(
        "CR110",
        "parameter-rewrap",
        "A computed value is wrapped as a new leaf",
        E,
        Cause.REWRAP,
        "this makes a new leaf that does not remember where its value came from: {result}",
    ),
    _rule(
        "CR111",
        "sampling",
        "A sample is drawn without reparametrisation",
        E,
        Cause.SAMPLING,
        "a drawn sample has no path back to the distribution's parameters: {result}",
    ),
    _rule(
        "CR112",
        "not-implemented",
        "An operator's derivative is not implemented",
        E,
        Cause.NOT_IMPLEMENTED,
        "PyTorch implements no derivative for this operator: {result}",
    ),
    _rule(
        "CR113",
        "branch",
        "A Python branch decides the loss by a tensor's value",
        E,
        Cause.BRANCH,
        "the tensor only decides which branch runs: {result}",
    ),
    _rule(
        "CR114",
        "constant-branch",
        "On some data the loss is a fresh constant",
        W,
        Cause.CONSTANT_BRANCH,
        "on this branch the loss is a constant that does not depend on any input: backward raises, or trains nothing, for batches that take it",
    ),
    _rule(
        "CR115",
        "overwritten",
        "A loss is overwritten in a loop instead of added up",
        E,
        Cause.OVERWRITTEN,
        "`{note}` is overwritten in every round of the loop: only the last round's term gets gradient",
    ),
    _rule(
        "CR116",
        "external",
        "A library outside autograd computes part of the loss",
        E,
        Cause.EXTERNAL,
        "`{note}` computes outside autograd: {result}",
    ),
    _rule(
        "CR117",
        "non-leaf",
        "The name of a leaf is bound to a computed value",
        E,
        Cause.NON_LEAF,
        "`{note}` is no leaf any more after this: its `.grad` stays None",
    ),
    _rule(
        "CR118",
        "create-graph",
        "A gradient is used in a loss without create_graph",
        E,
        Cause.CREATE_GRAPH,
        "without create_graph=True the gradient computed here is a constant: {result}",
    ),
    _rule(
        "CR119",
        "variable",
        "Variable() detaches its argument",
        E,
        Cause.VARIABLE,
        "Variable() returns a detached tensor: {result}",
    ),
    _rule(
        "CR201",
        "rounding",
        "A rounding operator has zero gradient",
        W,
        Cause.ROUNDING,
        "the derivative of rounding is zero everywhere: {result}",
    ),
    _rule(
        "CR202",
        "saturation",
        "A value always lies where its function is flat",
        W,
        Cause.SATURATION,
        "the value always lies where this function is flat: {result}",
    ),
    _rule(
        "CR203",
        "nearest-sampling",
        "Nearest-neighbour sampling has no gradient in the coordinates",
        W,
        Cause.NEAREST,
        "nearest-neighbour sampling does not react to small moves: {result}",
    ),
    _rule(
        "CR204",
        "degenerate",
        "The value does not depend on its argument by construction",
        W,
        Cause.DEGENERATE,
        "this does not depend on its input by construction: {result}",
    ),
    _rule(
        "CR301",
        "sqrt-at-zero",
        "A square root of a value that can be zero",
        W,
        Cause.SQRT_ZERO,
        "the derivative of the square root is infinite at 0, which this operand reaches: the gradient of {names} can become NaN or inf",
    ),
    _rule(
        "CR302",
        "bad-branch",
        "A masked-out branch still sends NaN back",
        W,
        Cause.BAD_BRANCH,
        "the masked-out elements are still differentiated, and 0 times their infinite derivative is NaN: the gradient of {names} can become NaN",
    ),
    _rule(
        "CR303",
        "domain-end",
        "An inverse function at the end of its domain",
        W,
        Cause.DOMAIN_END,
        "the derivative is infinite at the end of the domain, ±1: the gradient of {names} can become inf or NaN",
    ),
    _rule(
        "CR304",
        "division",
        "A division by what can be zero or of what can be infinite",
        W,
        Cause.DIVISION,
        "the quotient can be 0/0 or involve inf here: the gradient of {names} can become NaN",
    ),
    _rule(
        "CR305",
        "log-of-zero",
        "A logarithm of a value that can be zero",
        W,
        Cause.LOG_ZERO,
        "a saturated probability is exactly 0, where the logarithm's derivative is infinite: the gradient of {names} can become NaN or inf",
    ),
    _rule(
        "CR306",
        "std-of-one",
        "A standard deviation of what can be a single value",
        W,
        Cause.STD_SINGLE,
        "the standard deviation of a single value is NaN, and so is the gradient of {names}",
    ),
    _rule(
        "CR307",
        "pow-at-zero",
        "A fractional power of a value that can be zero",
        W,
        Cause.POW_ZERO,
        "the derivative of a fractional power is infinite at 0, which this base reaches: the gradient of {names} can become NaN or inf",
    ),
    _rule(
        "CR401",
        "requires-grad",
        "requires_grad is set on a result",
        E,
        Cause.REQUIRES_GRAD,
        "setting requires_grad on a result makes it a new leaf: backward stops here and no gradient reaches {names}",
    ),
    _rule(
        "CR402",
        "fresh-leaf",
        "A result is copied into a new leaf",
        E,
        Cause.FRESH_LEAF,
        "requires_grad=True makes a new leaf here: backward stops at it and no gradient reaches {names}",
    ),
    _rule(
        "CR501",
        "inplace-saved",
        "A value that backward needs is changed in place",
        E,
        Cause.INPLACE_SAVED,
        "backward of `{note}` needs the value that this changes in place: backward raises",
    ),
    _rule(
        "CR502",
        "inplace-leaf",
        "A leaf that requires grad is changed in place",
        E,
        Cause.INPLACE_LEAF,
        "a leaf that requires grad can't be changed in place: PyTorch raises here",
    ),
    _rule(
        "CR503",
        "backward-twice",
        "A graph is used after backward has freed it",
        E,
        Cause.BACKWARD_TWICE,
        "this backward frees the graph, and a later backward goes through it again: it raises",
    ),
    _rule(
        "CR504",
        "graph-kept",
        "A graph is carried from one step into the next",
        E,
        Cause.GRAPH_KEPT,
        "the graph of the previous step is reached again here after its backward has freed it: backward raises",
    ),
    _rule(
        "CR601",
        "function-backward",
        "A custom Function can't be differentiated",
        E,
        Cause.FUNCTION_BACKWARD,
        "{note}",
    ),
    _rule(
        "CR602",
        "function-gradients",
        "backward returns the wrong gradients",
        E,
        Cause.FUNCTION_GRADIENTS,
        "{note}",
    ),
    _rule(
        "CR603",
        "function-grad-mode",
        "autograd is used inside backward",
        E,
        Cause.FUNCTION_GRAD_MODE,
        "{note}",
    ),
    _rule(
        "CR604",
        "function-call",
        "A custom Function is called instead of applied",
        E,
        Cause.FUNCTION_CALL,
        "{note}",
    ),
)
_BY_CAUSE = {cause: rule for rule in RULES for cause in rule.causes}


def rule_for(cause: Cause) -> Rule:
    """The rule that tells about `cause`."""
    return _BY_CAUSE[cause]
