"""Inputs that random numbers never hit, and that a loss must survive: equal, zero, one, huge, one class,
empty, alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch

from .program import Call
from .sources import Source, is_target_name

HUGE = 1e4
_MASK = re.compile(r"(^|_)(masks?|valid|keep|pad(ding)?|weights?|positives?)($|_)", re.IGNORECASE)

Change = Callable[[Call], None]
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """One edge: a name for the user, the edit of a built call, and Python for the arguments it replaces."""

    name: str
    change: Change
    texts: Texts
    edits: Texts
    """The same, in terms of variables that hold the arguments."""
    before: str = ""


def cases(call: Call, sources: list[Source]) -> Iterator[Case]:
    """The edges that make sense for a call."""
    tensors = {n: v for n, v in call.arguments.items() if isinstance(v, torch.Tensor)}
    names = {s.name for s in sources}
    predictions = [n for n, t in tensors.items() if n in names and t.is_floating_point() and t.numel()]
    fixed = {n: t for n, t in tensors.items() if n not in names}
    if predictions:
        first = predictions[0]
        twin = next((n for n in _by_role(tensors, first) if _alike(tensors[n], tensors[first])), None)
        if twin is not None:
            yield _equal(first, twin)
        yield _filled("exact zeros", predictions, tensors, 0.0)
        yield _filled("exact ones", predictions, tensors, 1.0)
        if twin is not None and _is_fraction(tensors[twin]):
            yield _filled(f"{first} and {twin} all zero", [first, twin], tensors, 0.0)
        if rows := [n for n in predictions if tensors[n].dim() > 1 and tensors[n].shape[0] > 1]:
            yield _equal_rows(rows, tensors)
        if any(_is_logit(tensors[n]) for n in predictions):
            yield _huge([n for n in predictions if _is_logit(tensors[n])])
    elif floats := [n for n, t in fixed.items() if t.is_floating_point() and not is_target_name(n)]:
        yield _filled("exact zeros", floats, tensors, 0.0)
    classes = [n for n, t in fixed.items() if t.numel() and _is_classes(n, t)]
    if classes:
        yield _filled("one class only", classes, tensors, 0.0)
    masks = [n for n, t in fixed.items() if _MASK.search(n) or t.dtype == torch.bool]
    if masks:
        yield _filled("empty mask", masks, tensors, 0.0)
    sizes = [t.shape[0] for t in tensors.values() if t.dim()]
    if sizes and max(sizes.count(s) for s in sizes) == len(sizes) and sizes[0] > 1:
        yield Case(
            "batch of one",
            _first_only(list(tensors)),
            {n: f"{{{n}}}[:1]" for n in tensors if tensors[n].dim()},
            {n: f"{n}[:1]" for n in tensors if tensors[n].dim()},
        )


def _by_role(tensors: Mapping[str, torch.Tensor], prediction: str) -> list[str]:
    """The other arguments, those named like targets first."""
    others = [n for n in tensors if n != prediction]
    return sorted(others, key=lambda n: not is_target_name(n))


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.is_floating_point() and other.is_floating_point()


def _is_logit(tensor: torch.Tensor) -> bool:
    values = tensor.detach()
    return bool((values < 0).any() or (values > 1).any())


def _is_fraction(tensor: torch.Tensor) -> bool:
    """A mask or a share, which may well be zero everywhere."""
    return bool(((tensor >= 0) & (tensor <= 1)).all())


def _is_classes(name: str, tensor: torch.Tensor) -> bool:
    if tensor.dtype in (torch.int64, torch.int32):
        return True
    if not tensor.is_floating_point() or _MASK.search(name):
        return False
    values = tensor.detach()
    return is_target_name(name) and bool(((values == 0) | (values == 1)).all())


def _equal(prediction: str, target: str) -> Case:
    def change(call: Call) -> None:
        call.arguments[prediction].data.copy_(call.arguments[target].data)

    text = {prediction: "x.clone().requires_grad_()", target: "x"}
    edits = {prediction: f"{target}.clone()"}
    return Case(f"{prediction} equal to {target}", change, text, edits, f"x = {{{target}}}; ")


def _filled(name: str, which: list[str], tensors: Mapping[str, torch.Tensor], value: float) -> Case:
    def change(call: Call) -> None:
        for argument in which:
            call.arguments[argument].data.fill_(value)

    maker = "ones" if value else "zeros"
    texts = {}
    for argument in which:
        tensor = tensors[argument]
        kind = "" if tensor.dtype == torch.float32 else f", dtype={tensor.dtype}"
        leaf = ", requires_grad=True" if tensor.requires_grad else ""
        texts[argument] = f"torch.{maker}({', '.join(map(str, tensor.shape)) or '()'}{kind}{leaf})"
    return Case(name, change, texts, {argument: f"torch.{maker}_like({argument})" for argument in which})


def _equal_rows(which: list[str], tensors: Mapping[str, torch.Tensor]) -> Case:
    def change(call: Call) -> None:
        for argument in which:
            data = call.arguments[argument].data
            data.copy_(data[:1].clone().expand_as(data))

    counts = {n: ", ".join(["1"] * (tensors[n].dim() - 1)) for n in which}
    texts = {
        n: f"{{{n}}}[:1].repeat({tensors[n].shape[0]}, {counts[n]}).detach().requires_grad_()" for n in which
    }
    return Case("equal rows", change, texts, {n: f"{n}[:1].expand_as({n})" for n in which})


def _huge(which: list[str]) -> Case:
    def change(call: Call) -> None:
        for argument in which:
            call.arguments[argument].data.mul_(HUGE)

    texts = {n: f"({HUGE:g} * {{{n}}}).detach().requires_grad_()" for n in which}
    return Case("huge logits", change, texts, {n: f"{HUGE:g} * {n}" for n in which})


def _first_only(which: list[str]) -> Change:
    def change(call: Call) -> None:
        for argument in which:
            tensor = call.arguments[argument]
            if tensor.dim():
                tensor.data = tensor.data[:1].clone()

    return change


def reproduce(case: Case, callee: str, arguments: Mapping[str, str], source: str) -> str:
    """One line of Python that shows the edge: build, run, print the gradient."""
    texts = dict(arguments)
    if not set(case.texts) <= set(texts):
        return ""
    for name, text in case.texts.items():
        texts[name] = _inserted(text, arguments)
    before = _inserted(case.before, arguments)
    if source in texts:
        leaf = texts[source]
        if "requires_grad" not in leaf:
            made = re.fullmatch(r"(torch\.randn?\(.*)\)", leaf)
            leaf = f"{made.group(1)}, requires_grad=True)" if made else f"({leaf}).detach().requires_grad_()"
        inner = ", ".join(f"{n}={source if n == source else t}" for n, t in texts.items())
        return f"{before}{source} = {leaf}; {callee}({inner}).sum().backward(); print({source}.grad)"
    inner = ", ".join(f"{n}={t}" for n, t in texts.items())
    return f"{before}print({callee}({inner}))"


def _inserted(text: str, arguments: Mapping[str, str]) -> str:
    for name, value in arguments.items():
        text = text.replace(f"{{{name}}}", f"({value})" if "{" + name + "}[" in text else value)
    return text
