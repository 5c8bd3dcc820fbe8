"""Why a gradient stops: the closed list of causes that the flow analysis can name.

The flow layer decides *that* and *where* a cause holds; the rules decide what is told about it.
"""

from __future__ import annotations

from enum import Enum


class Cause(str, Enum):
    """One reason why a source of a loss gets no, a zero or a non-finite gradient."""

    # CR1xx: the path is cut
    DETACH = "detach"
    NO_GRAD = "no-grad"
    COMPARISON = "comparison"
    INDEX = "index"
    PYTHON_SCALAR = "python-scalar"
    NUMPY = "numpy"
    REBUILD = "tensor-rebuild"
    INTEGER_CAST = "integer-cast"
    NONDIFFERENTIABLE = "nondifferentiable"
    REWRAP = "parameter-rewrap"
    SAMPLING = "sampling"
    NOT_IMPLEMENTED = "not-implemented"
    BRANCH = "branch"
    CONSTANT_BRANCH = "constant-branch"
    OVERWRITTEN = "overwritten"
    EXTERNAL = "external"
    NON_LEAF = "non-leaf"
    NO_GRAPH = "no-graph"
    CREATE_GRAPH = "create-graph"
    VARIABLE = "variable"
    # CR2xx: the gradient is exactly zero
    ROUNDING = "rounding"
    SATURATION = "saturation"
    NEAREST = "nearest-sampling"
    DEGENERATE = "degenerate"
    # CR3xx: the gradient can be NaN or infinite
    SQRT_ZERO = "sqrt-at-zero"
    BAD_BRANCH = "bad-branch"
    DOMAIN_END = "domain-end"
    DIVISION = "division"
    LOG_ZERO = "log-of-zero"
    STD_SINGLE = "std-of-one"
    POW_ZERO = "pow-at-zero"
    # CR4xx: the symptom is silenced
    REQUIRES_GRAD = "requires-grad"
    FRESH_LEAF = "fresh-leaf"
    # CR5xx: in-place edits and the life of the graph
    INPLACE_SAVED = "inplace-saved"
    INPLACE_VIEW = "inplace-view"
    INPLACE_LEAF = "inplace-leaf"
    BACKWARD_TWICE = "backward-twice"
    GRAPH_KEPT = "graph-kept"
    # CR6xx: custom autograd.Function
    FUNCTION_BACKWARD = "function-backward"
    FUNCTION_GRADIENTS = "function-gradients"
    FUNCTION_GRAD_MODE = "function-grad-mode"
    FUNCTION_CALL = "function-call"
    FUNCTION_EDITS = "function-edits"
