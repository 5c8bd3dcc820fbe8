"""The names under which facts are kept, for any spelling that users write."""

from __future__ import annotations

from collections.abc import Iterator

# Python's operators on tensors, as the tensor methods they call.
SYMBOLS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floor_divide",
    "%": "remainder",
    "**": "pow",
    "@": "matmul",
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "&": "bitwise_and",
    "|": "bitwise_or",
    "^": "bitwise_xor",
    "~": "bitwise_not",
    "<<": "bitwise_left_shift",
    ">>": "bitwise_right_shift",
    "abs": "abs",
    "neg": "neg",
    "[]": "__getitem__",
    "[]=": "__setitem__",
}
SYMBOLS |= {
    f"{symbol}=": f"{SYMBOLS[symbol]}_"
    for symbol in ("+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>")
}
# Special methods, as written (`x.__add__(y)`) or as the reflected call of a Python number on the left.
DUNDERS = {
    f"__{prefix}{word}__": f"{target}_" if prefix == "i" else target
    for word, target in {
        "add": "add",
        "sub": "sub",
        "mul": "mul",
        "truediv": "div",
        "div": "div",
        "floordiv": "floor_divide",
        "mod": "remainder",
        "pow": "pow",
        "and": "bitwise_and",
        "or": "bitwise_or",
        "xor": "bitwise_xor",
        "lshift": "bitwise_left_shift",
        "rshift": "bitwise_right_shift",
    }.items()
    for prefix in ("", "i", "r")
}
DUNDERS |= {
    f"__{word}__": word for word in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "abs", "pos", "matmul")
}
DUNDERS |= {"__invert__": "bitwise_not", "__rmatmul__": "matmul", "__pos__": "positive"}

# Prefixes that name the same thing; the longest that fits is replaced.
_PREFIXES = (
    ("torch.Tensor.", "Tensor."),
    ("torch.functional.", ""),
    ("torch.nn.functional.", "nn.functional."),
    ("torch.nn.modules.loss.", "nn."),
    ("torch._C._nn.", "nn.functional."),
    ("torch.ops.aten.", ""),
    ("aten.", ""),
    ("functional.", "nn.functional."),
    ("F.", "nn.functional."),
    ("torch.", ""),
)
# Where a bare name is looked for, in this order.
_ROOMS = ("", "Tensor.", "nn.functional.", "nn.", "linalg.", "special.", "fft.", "distributions.")


def spellings(name: str) -> Iterator[str]:
    """Keys to try for one spelling, best first; a key may stand in no table."""
    if name in SYMBOLS:
        yield SYMBOLS[name]
        return
    yield name
    for prefix, replacement in _PREFIXES:
        if name.startswith(prefix):
            name = replacement + name.removeprefix(prefix)
            if "aten." in prefix:
                name = name.partition(".")[0]  # without the overload: aten.add.Tensor
            break
    yield name
    room, _, last = name.rpartition(".")
    if room == "nn" and last.startswith("Lazy"):
        yield f"nn.{last.removeprefix('Lazy')}"
    if room.startswith("distributions."):
        yield f"distributions.Distribution.{last}"
    if last in DUNDERS and room in ("", "Tensor"):
        yield last
        yield DUNDERS[last]
    elif room in ("Tensor", "nn.functional"):
        yield last
        yield f"nn.functional.{last}" if room == "Tensor" else f"special.{last}"
    elif not room:
        yield from (candidate + last for candidate in _ROOMS)
        for namespace in ("linalg", "special", "fft"):  # ATen's spelling: linalg_det
            yield f"{namespace}.{last.removeprefix(namespace + '_')}" if last.startswith(namespace) else ""
        yield f"{last}_"
