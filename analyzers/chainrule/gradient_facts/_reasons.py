"""Why an operator of PyTorch gives no gradient, in the words of the causes."""

from __future__ import annotations

from chainrule.gradient_facts.operators import Gradient, Reason

_CASTS = frozenset({"bool", "byte", "char", "int", "long", "short"})
_COUNTS = frozenset(
    {
        "bincount",
        "count_nonzero",
        "histc",
        "histogram",
        "histogramdd",
        "nn.functional.one_hot",
        "linalg.matrix_rank",
        "unique",
        "unique_consecutive",
        "unique_dim",
        "round_",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "bitwise_not",
    }
)
_SAMPLES = frozenset(
    {
        "bernoulli",
        "bernoulli_",
        "multinomial",
        "poisson",
        "binomial",
        "normal",
        "normal_",
        "uniform_",
        "random_",
        "exponential_",
        "geometric_",
        "cauchy_",
        "log_normal_",
        "rand_like",
        "randn_like",
        "randint_like",
    }
)
_CONSTANTS = frozenset(
    {
        "zeros_like",
        "ones_like",
        "empty_like",
        "full_like",
        "rand_like",
        "randn_like",
        "randint_like",
        "new_empty",
        "new_empty_strided",
        "new_full",
        "new_ones",
        "new_zeros",
        "zero_",
        "fill_",
        "fill",
        "zero",
        "set_",
        "resize_",
        "resize_as_",
        "stride_tensor",
        "new_tensor",
    }
)


def reason(name: str, gradient: Gradient, dtype: str | None, given: Reason | None) -> Reason | None:
    """The reason for one output, or None where the gradient flows."""
    if gradient is Gradient.FLOWS:
        return None
    if given is not None:
        return given
    if gradient is Gradient.RAISES:
        return Reason.NOT_IMPLEMENTED
    if name in _CONSTANTS:
        return Reason.CONSTANT
    if name in _SAMPLES:
        return Reason.SAMPLING
    if gradient is Gradient.ZERO:
        return Reason.ROUNDING
    if name in _CASTS:
        return Reason.INTEGER_CAST
    if name in ("detach", "detach_"):
        return Reason.DETACH
    if dtype == "bool":
        return Reason.COMPARISON
    if dtype == "int" and name not in _COUNTS:
        return Reason.INDEX
    return Reason.NONDIFFERENTIABLE
