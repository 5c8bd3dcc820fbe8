"""Names of torch operations by what they do to the elements of a tensor."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The set of the names in a text, separated by white space."""
    return frozenset(text.split())


ELEMENTWISE = words(
    """abs acos acosh add asin asinh atan atanh clamp clamp_max clamp_min clip clone contiguous cos cosh
    detach div double elu erf exp expm1 float gelu half hardtanh leaky_relu lgamma log log10 log1p log2
    logit logsigmoid mul nan_to_num neg pow reciprocal relu relu6 round rsqrt selu sigmoid sign silu sin
    sinh softplus softsign sqrt square sub tan tanh to true_divide type type_as where xlogy cpu cuda bool
    long int masked_fill bfloat16 mish hardsigmoid hardswish subtract multiply divide lt le gt ge eq ne"""
)
"""Each output element depends on the input elements in its own place."""

ALONG_DIMENSION = frozenset({"softmax", "log_softmax", "softmin", "normalize"})
"""Reordering the input along the dimension reorders the output alike."""

REDUCTIONS = words(
    "mean sum max min amax amin prod norm vector_norm std var logsumexp median nansum nanmean any all"
)

ELEMENTWISE_LOSSES = words(
    """mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    kl_div poisson_nll_loss soft_margin_loss gaussian_nll_loss"""
)
"""Losses of torch.nn.functional that compare two tensors element by element, then reduce."""

ORDER_SENSITIVE = words(
    """cumsum cumprod cummax cummin logcumsumexp diff flip roll argsort argmax argmin narrow unbind split
    chunk select conv1d trapz trapezoid enumerate zip tolist"""
)
"""The result depends on the order of the elements."""

POSITIONS = words("arange linspace logspace range")
"""What weights by rank are made of."""

SHAPE_ONLY = words("shape size numel dim ndim device dtype ndimension element_size is_cuda")

CASTS = words("float double half bfloat16 to type type_as cuda cpu detach contiguous long int clone")
"""Methods that give the same values in another dtype, on another device or in other memory."""
