"""What the functions of numpy are called in torch."""

from __future__ import annotations

from chainrule.fixes.vocabulary import words

_SAME = words(
    """abs exp exp2 log log2 log10 log1p expm1 sqrt square sin cos tan sinh cosh tanh sign floor ceil round
    clip where maximum minimum sum mean prod max min amax amin argmax argmin cumsum cumprod matmul einsum
    outer zeros_like ones_like isnan isinf isfinite linspace arange zeros ones eye stack diff tril triu any
    all add subtract multiply divide negative reshape squeeze argsort trace logaddexp hypot arctan2 kron std
    var floor_divide nansum nanmean nan_to_num vstack hstack dstack tile cov corrcoef quantile count_nonzero
    logical_and logical_or logical_not diagonal tensordot vdot ravel flip roll sort
    full_like sinc trunc fmod remainder reciprocal broadcast_to atleast_1d atleast_2d diag"""
)
_RENAMED = {
    "absolute": "abs",
    "fabs": "abs",
    "array_split": "tensor_split",
    "split": "tensor_split",
    "concatenate": "cat",
    "expand_dims": "unsqueeze",
    "power": "pow",
    "arccos": "acos",
    "arcsin": "asin",
    "arctan": "atan",
    "arccosh": "acosh",
    "arcsinh": "asinh",
    "arctanh": "atanh",
    "dot": "matmul",
    "transpose": "permute",
    "repeat": "repeat_interleave",
    "inner": "inner",
    "median": "quantile",
    "mod": "remainder",
    "rint": "round",
    "trapz": "trapezoid",
    "trapezoid": "trapezoid",
}
_FAMILIES = {
    "fft": words(
        "fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 fftshift ifftshift fftfreq rfftfreq"
    ),
    "linalg": words(
        "norm inv det pinv solve cholesky qr svd eig eigh eigvals eigvalsh slogdet matrix_power matrix_rank"
    ),
}
MAKERS = words(
    "arange linspace zeros ones eye full array asarray fft.fftfreq fft.rfftfreq zeros_like ones_like"
)
"""What makes an array out of numbers."""

AXES = {"axis": "dim", "axes": "dim", "keepdims": "keepdim"}
"""Keywords with another name in torch."""

PLURAL = frozenset({"flip", "roll"})
"""Functions whose `axis` is `dims` in torch."""

PAIRS = frozenset({"max", "min"})
"""Functions that return values and indices in torch when they are given a dimension."""


def in_torch(name: str) -> str:
    """The name below `torch.` of a function of numpy; "" where none is known to compute the same."""
    family, _, member = name.rpartition(".")
    if name in _RENAMED:
        return _RENAMED[name]
    return name if name in _SAME or member in _FAMILIES.get(family, ()) else ""
