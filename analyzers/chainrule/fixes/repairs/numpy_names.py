"""What the functions of numpy are called in torch, and which of their arguments have a counterpart."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from chainrule.fixes.calls import number
from chainrule.fixes.vocabulary import words
from chainrule.names import Names

_SAME = words(
    """abs exp exp2 log log2 log10 log1p expm1 sqrt square sin cos tan sinh cosh tanh sign floor ceil round
    clip where maximum minimum sum mean prod max min amax amin argmax argmin cumsum cumprod matmul einsum
    outer zeros_like ones_like isnan isinf isfinite linspace arange zeros ones eye stack diff tril triu any
    all add subtract multiply divide negative reshape squeeze argsort trace logaddexp hypot arctan2 kron std
    var nansum nanmean nan_to_num vstack hstack dstack tile cov corrcoef quantile count_nonzero
    logical_and logical_or logical_not diagonal tensordot vdot ravel flip roll sort full column_stack
    full_like sinc trunc fmod remainder reciprocal broadcast_to atleast_1d atleast_2d diag swapaxes"""
)
_RENAMED = {
    "absolute": "abs",
    "fabs": "abs",
    "array_split": "tensor_split",
    "split": "tensor_split",
    "concatenate": "cat",
    "cross": "linalg.cross",
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

METHODS = words(
    """mean sum std var max min prod cumsum cumprod argmax argmin argsort any all clip dot transpose copy
    reshape ravel flatten squeeze swapaxes trace diagonal repeat round conj"""
)
"""The methods of arrays that tensors have, too, some by the name in `RENAMED_METHODS`."""
RENAMED_METHODS = {
    "max": "amax",
    "min": "amin",
    "dot": "matmul",
    "transpose": "permute",
    "copy": "clone",
    "repeat": "repeat_interleave",
}

PAIRS = frozenset({"max", "min"})
"""Functions that return values and indices in torch when they are given a dimension."""
TENSORS_ONLY = words("hypot arctan2 logaddexp fmod")
"""Functions of two arguments that take no Python number in torch."""

_AXES = {"axis": "dim", "keepdims": "keepdim"}
# Keywords of one function, and what they are called in torch, beside those for axes.
_KEYWORDS: Mapping[str, Mapping[str, str]] = {
    "clip": {"a_min": "min", "a_max": "max", "min": "min", "max": "max"},
    "diff": {"n": "n", "prepend": "prepend", "append": "append"},
    "eye": {"N": "n", "M": "m"},
    "flip": {"axis": "dims"},
    "linalg.norm": {"ord": "ord"},
    "linalg.svd": {"full_matrices": "full_matrices"},
    "linspace": {"num": "steps"},
    "nan_to_num": {"nan": "nan", "posinf": "posinf", "neginf": "neginf"},
    "quantile": {"q": "q"},
    "repeat": {"repeats": "repeats"},
    "roll": {"shift": "shifts", "axis": "dims"},
    "tensordot": {"axes": "dims"},
    "transpose": {"axes": "dims"},
    "trapezoid": {"x": "x", "dx": "dx"},
    "trapz": {"x": "x", "dx": "dx"},
    "tril": {"k": "diagonal"},
    "triu": {"k": "diagonal"},
}
SPREADS = frozenset({"std", "var"})
# Without an axis, numpy works on the flattened array; torch asks for one.
_NEED_AXIS = words("cumsum cumprod flip transpose")
# Where torch wants a tuple, numpy takes a number, too.
_TUPLES = words("flip tile reshape")
_ONE_ARGUMENT = words("cov corrcoef round rint")
_ONE_AXIS = words("prod max min argmax argmin cumsum cumprod sort argsort diff")
_FLOATS = words("float float16 float32 float64 half single double")


def in_torch(name: str) -> str:
    """The name below `torch.` of a function of numpy; "" where none is known to compute the same."""
    family, _, member = name.rpartition(".")
    if name in _RENAMED:
        return _RENAMED[name]
    return name if name in _SAME or member in _FAMILIES.get(family, ()) else ""


def keyword_of(name: str, word: str | None) -> str:
    """What torch calls a keyword of a function of numpy; "" where it has no such thing."""
    word = word or ""
    if name.startswith("fft.") and word in ("n", "norm"):
        return word
    return _KEYWORDS.get(name, {}).get(word) or _AXES.get(word, "")


def refused(call: ast.Call, name: str, method: bool, names: Names) -> bool:
    """Whether arguments of a numpy function, or of an array's method, mean something else in torch."""
    given = len(call.args) + method
    said = {word.arg: word.value for word in call.keywords}
    axis = said.get("axis", call.args[1 - method] if given > 1 else None)
    if name in _ONE_ARGUMENT and given > 1:
        return True
    if name in _NEED_AXIS and given < 2 and not {"axis", "axes"} & set(said):
        return True
    if name in _ONE_AXIS and isinstance(axis, ast.Tuple | ast.Constant) and not _is_whole(axis):
        return True
    if name in _TUPLES and not method and axis is not None and not _is_shape(axis):
        return True
    if "dtype" in said and not is_float(said["dtype"], names):
        return True
    if "ddof" in said and name not in SPREADS:
        return True
    return any(word not in ("dtype", "ddof") and not keyword_of(name, word) for word in said)


def is_float(dtype: ast.expr, names: Names) -> bool:
    """Whether an expression names a floating-point dtype: `np.float32`, `"float64"`, `float`."""
    if isinstance(dtype, ast.Constant):
        return dtype.value in _FLOATS
    dotted = names.resolve(dtype) or (dtype.id if isinstance(dtype, ast.Name) else "")
    return dotted.removeprefix("numpy.") in _FLOATS


def _is_whole(node: ast.expr) -> bool:
    value = number(node)
    return value is not None and value == int(value)


def in_tuple(name: str, text: str, node: ast.expr) -> str:
    """`(1,)` for the number `1` where torch wants a tuple: `np.flip(x, 1)` → `torch.flip(x, (1,))`"""
    return f"({text},)" if name in _TUPLES and _is_whole(node) else text


def _is_shape(node: ast.expr) -> bool:
    """Whether an expression is surely a number of dimensions or a tuple of them."""
    return (
        _is_whole(node)
        or isinstance(node, ast.Tuple)
        or (isinstance(node, ast.Attribute) and node.attr == "shape")
    )
