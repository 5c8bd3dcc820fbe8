"""From a name in a program to the fact about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from chainrule.gradient_facts import _overlay
from chainrule.gradient_facts._codec import decode
from chainrule.gradient_facts._names import spellings
from chainrule.gradient_facts._table import TEXT, TORCH
from chainrule.gradient_facts.operators import Operator

SOURCES = {
    "derivatives": f"derivatives.yaml, torch {TORCH}",
    "native": f"native_functions.yaml, torch {TORCH}",
    "measured": f"measured with torch {TORCH}",
    "overlay": f"checked with torch {TORCH}",
}
_INTEGERS = frozenset(
    {
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "byte",
        "char",
        "short",
        "int",
        "long",
    }
)
_FLOATS = frozenset({"float", "double", "half", "bfloat16", "float16", "float32", "float64"})
_COMPLEX = frozenset({"chalf", "cfloat", "cdouble", "complex32", "complex64", "complex128", "complex"})


@lru_cache(maxsize=8192)  # names come from users' files: a server must not keep them all
def lookup(name: str) -> Operator | None:
    """The operator for a name as users write it; None if nothing is known about it.

    Takes `torch.topk`, `Tensor.topk`, `topk`, `F.one_hot`, `linalg.det`, `relu_`, `//`, `+=`, `nn.MSELoss`,
    `np.mean`; Python's builtins as `builtins.float`. Answers are cached: a second call is one dict lookup.
    """
    for key in spellings(name):
        operator = _operator(key)
        if operator is not None:
            return operator
    root = name.partition(".")[0]
    if root != name and root in _overlay.MODULES:
        fact = _overlay.MODULES[root]
        return decode(name, fact.text, SOURCES, fact.reason)
    return None


@cache
def _table() -> dict[str, str]:
    """The generated table by name; one string until the first question, so that importing costs nothing."""
    return dict(line.split(" = ", 1) for line in TEXT.splitlines())


@cache
def _operator(key: str) -> Operator | None:
    fact = _overlay.FACTS.get(key)
    if fact is not None:
        operator = decode(key, fact.text, SOURCES, fact.reason)
        return replace(operator, conditions=fact.conditions) if fact.conditions else operator
    text = _table().get(key)
    if text is None:
        return None
    operator = decode(key, text, SOURCES)
    conditions = _overlay.CONDITIONS.get(key, ())
    return replace(operator, conditions=tuple(c.condition for c in conditions)) if conditions else operator


def names() -> Iterator[str]:
    """All names that facts are kept under."""
    yield from _table()
    yield from _overlay.FACTS


@cache
def dtype_kind(name: str) -> str | None:
    """The kind of a dtype named in a program: "bool", "int", "float", "complex"; None if it is none.

    Takes `torch.long`, `int64`, `'torch.LongTensor'`. An integer or boolean result of a cast has no gradient.
    """
    word = name.strip("'\"").rpartition(".")[2].removesuffix("Tensor").lower()
    if word in ("bool", "bool_"):
        return "bool"
    kinds = {"int": _INTEGERS, "float": _FLOATS, "complex": _COMPLEX}
    return next((kind for kind, words in kinds.items() if word in words), None)
