"""Shapes and dtypes that annotations and docstrings state."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from .hints import Function, parameters_of
from .specs import TensorSpec

_JAXTYPING = re.compile(r"(\w+)\[\s*[\w.]*(?:Tensor|Array)\s*,\s*['\"]([^'\"]*)['\"]\s*\]")
_GROUP = re.compile(r"[(\[]\s*((?:[\w*+\-/.]+\s*,\s*)*[\w*+\-/.]+\s*,?)\s*[)\]]")
_ORDERED = ("input", "target")
_SIZES = {
    **dict.fromkeys(("n", "b", "batch", "batch_size", "bs", "m"), 4),
    **dict.fromkeys(("c", "num_classes", "classes", "k"), 5),
    **dict.fromkeys(("t", "l", "s", "seq", "seq_len", "time"), 6),
    **dict.fromkeys(("d", "e", "dim", "emb", "embed_dim"), 7),
    **dict.fromkeys(("h", "w", "height", "width"), 8),
    **dict.fromkeys(("channels", "channel"), 3),
}
_WORDS = re.compile(r"\b(shape|size|tensor|logits|float|long|array)\b|[:×]", re.I)


class Sizes:
    """One size per name of a dimension, the same wherever the name stands."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, name: str) -> int | None:
        name = name.strip().lower().lstrip("#_")
        if name.isdigit():
            return int(name)
        if name in ("*", "...", "") or name.startswith("*"):
            return None
        if not re.fullmatch(r"\w+([+\-*/]\w+)*", name):
            return None
        if not name.isidentifier():
            numbers = [self.of(part) for part in re.split(r"[+\-*/]", name)]
            return max([n for n in numbers if n] or [4])
        if name not in self.known:
            used = set(self.known.values())
            self.known[name] = _SIZES.get(name) or next(n for n in range(3, 99) if n not in used)
        return self.known[name]

    def shape(self, names: Sequence[str]) -> list[int]:
        found = [size for size in map(self.of, names) if size is not None]
        if len(found) >= 4 and found[1] == _SIZES["c"]:
            found[1] = 3  # images
        return found


def from_annotations(function: Function) -> dict[str, TensorSpec]:
    """jaxtyping: `Float[Tensor, "batch classes"]`."""
    sizes = Sizes()
    found: dict[str, TensorSpec] = {}
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    for argument in every:
        if argument.annotation is None:
            continue
        match = _JAXTYPING.search(ast.unparse(argument.annotation))
        if match:
            kind = {
                "Int": "long",
                "Integer": "long",
                "UInt8": "long",
                "Int64": "long",
                "Int32": "long",
                "Bool": "bool",
            }
            found[argument.arg] = TensorSpec(
                kind.get(match.group(1), "float"), sizes.shape(match.group(2).split())
            )
    return found


def from_docstring(texts: Sequence[str | None], function: Function) -> dict[str, TensorSpec]:
    """`pred: (N, C) …`, `- Input: :math:`(N, C)``, `target of shape [B]`."""
    sizes = Sizes()
    found: dict[str, TensorSpec] = {}
    names = [n for n in parameters_of(function) if n not in ("self", "cls", "ctx")]
    by_word = {n.lower(): n for n in names}
    for word, name in zip(_ORDERED, names):
        by_word.setdefault(word, name)
    for line in "\n".join(t for t in texts if t).splitlines():
        head = re.match(
            r"\s*(?:[-*•]\s*)?(?::param\s+(?:\w+\s+)?|@param\s+)?[`*]*(\w+)[`*]*\s*(?:\([^)]*\))?\s*[:\-–(]",
            line,
        )
        subject = by_word.get(head.group(1).lower()) if head else None
        if subject is None or subject in found:
            continue
        rest = line[head.end(1) :] if head else line
        for group in _GROUP.finditer(rest.replace("\\", " ").replace("text", "")):
            parts = [p for p in re.split(r"\s*,\s*", group.group(1).strip()) if p]
            if not _looks_like_shape(parts, rest):
                continue
            whole = re.search(r"\b(long|int64|class ind|indices|integer)", rest, re.I)
            shape = sizes.shape(parts)
            if shape:
                found[subject] = TensorSpec("long" if whole else "float", shape)
            break
    return found


def _looks_like_shape(parts: Sequence[str], line: str) -> bool:
    if any(p.lower() in ("optional", "tensor", "float", "int", "bool", "str", "default") for p in parts):
        return False
    short = all(len(p) <= 2 or p.lower() in _SIZES or p.isdigit() or re.search(r"[*+\-/.]", p) for p in parts)
    return short or (
        len(parts) > 1 and bool(_WORDS.search(line)) and all(re.fullmatch(r"[\w*.]+", p) for p in parts)
    )
