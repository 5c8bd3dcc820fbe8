"""What should receive gradient: arguments that play the role of a prediction, parameters, tensors that
require grad."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .program import Call, Program
from .trace.values import is_container, is_record

PREDICTION = re.compile(
    r"(^|_)(y_?)?(pred|preds|prediction|predictions|predicted|logit|logits|output|outputs|out|outs|score|scores|prob"
    r"|probs|p|hat|yhat|x_?hat|recon|reconstruction|emb|embs|embed|embedding|embeddings|feat|feats|feature|features"
    r"|mu|logvar|log_?sigma|sigma|rho|heat|heatmap|student|z[0-9]*|logp|logps|log_probs|anchor|anchors|pr|rec|est"
    r"|estimate|estimated|fake|gen|generated|q|inp|input|inputs|hidden|hypothesis|disp|flow|depth|pos_score"
    r"|neg_score|policy|delta|points|source|src)[0-9]*($|_)",
    re.IGNORECASE,
)
TARGET = re.compile(
    r"(^|_)(target|targets|tgt|tgts|label|labels|lbl|gt|gts|true|truth|groundtruth|ref|reference|real|ys|t|tags?"
    r"|mask|masks|valid|pad|padding|weight|weights|class_weights|idx|index|indices|ids?|group|groups|classes|cls"
    r"|teacher|clean|expected|actual|answer|advantages?|adv|ret|returns|rewards?|length|lengths|done|dones|old"
    r"|camids|positives?_mask|step|epoch|annot|annotations|trg|gold|goal|block)[0-9]*($|_)"
    r"|^y[0-9]*($|_)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Source:
    """`name` is dotted: `pred`, `outputs.0`, `batch.x`, `self.emb.weight`, `NET.bias`; `text` is Python for
    it, with `self` for the object.

    `made` says how it came to be a source: "given" (it requires grad), "marked" (by us), "copied" (it was the
    result of other operations).
    """

    name: str
    tensor: torch.Tensor
    text: str = ""
    made: str = "given"


def is_target_name(name: str) -> bool:
    """A name that belongs to the fixed side of a loss."""
    return bool(TARGET.search(name)) and not name.lower().startswith(("pred", "logit", "out"))


def is_prediction_name(name: str) -> bool:
    return bool(PREDICTION.search(name)) and not is_target_name(name)


def prepare(call: Call, program: Program, wanted: Sequence[str] | None = None) -> list[Source]:
    """Choose the sources of a call and make the chosen arguments leaves that require grad.

    Arguments that already require grad are the user's word: then no other argument is a source. Otherwise
    names decide, and where they do not, every floating argument that is no target counts, unless the loss
    has layers of its own (then such an argument is data, and the parameters are what learns).
    """
    parameters = list(_owned(call, program))
    texts: dict[str, str] = {}
    by_name = _arguments(call, texts)
    if wanted:
        chosen = {n: t for n, t in by_name.items() if n in wanted or n.split(".")[0] in wanted}
    else:
        given = {n: t for n, t in by_name.items() if t.requires_grad}
        chosen = given or _by_role(by_name, has_layers=any(s.tensor.dim() > 1 for s in parameters))
    found: dict[int, Source] = {}
    for name, tensor in chosen.items():
        source = _marked(call, name, tensor, texts[name])
        found.setdefault(id(source.tensor), source)
    for source in parameters:
        if all(source.name != other.name for other in found.values()):
            found.setdefault(id(source.tensor), source)
    return list(found.values())


def _marked(call: Call, name: str, tensor: torch.Tensor, text: str) -> Source:
    """The argument as a source, requiring grad where its dtype can."""
    made = "given"
    if tensor.requires_grad and not tensor.is_leaf:
        tensor, made = _as_leaf(call, name, tensor), "copied"
    if tensor.is_leaf and tensor.is_floating_point() and not tensor.is_inference():
        made = made if tensor.requires_grad else "marked"
        tensor.requires_grad_(True)
    return Source(name, tensor, text, made)


def _by_role(tensors: dict[str, torch.Tensor], has_layers: bool) -> dict[str, torch.Tensor]:
    floats = {n: t for n, t in tensors.items() if t.is_floating_point() and t.is_leaf}
    predictions = {n: t for n, t in floats.items() if is_prediction_name(n)}
    if has_layers:
        return {n: t for n, t in predictions.items() if not re.search(r"inp|src|source|points", n)}
    rest = {n: t for n, t in floats.items() if not is_target_name(n)}
    if predictions or rest:
        return {**predictions, **rest}
    return dict(list(floats.items())[:1])


def _arguments(call: Call, texts: dict[str, str]) -> dict[str, torch.Tensor]:
    """The tensors in the arguments, by dotted name; `texts` gets the Python for each."""
    found: dict[str, torch.Tensor] = {}
    for name, value in call.arguments.items():
        for path, text, tensor in _walk(name, name, value, 4):
            found[path] = tensor
            texts[path] = text
    return found


def _walk(name: str, text: str, value: Any, depth: int) -> Iterator[tuple[str, str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield name, text, value
    elif isinstance(value, torch.nn.Module) or not depth:
        return
    elif is_container(value):
        for key, item in items_of(value):
            spelled = f".{key}" if hasattr(value, "_fields") else f"[{key!r}]"
            yield from _walk(f"{name}.{key}", f"{text}{spelled}", item, depth - 1)
    elif is_record(value):
        for key, item in list(vars(value).items()):
            yield from _walk(f"{name}.{key}", f"{text}.{key}", item, depth - 1)


def items_of(value: Any) -> list[tuple[Any, Any]]:
    """Keys and items of a container: positions of a sequence, names of a named tuple."""
    if isinstance(value, dict):
        return list(value.items())
    return list(zip(getattr(value, "_fields", range(len(value))), value))


def _owned(call: Call, program: Program) -> Iterator[Source]:
    """Parameters and other tensors that require grad: of the object, of models passed in, of the module."""
    if call.instance is not None:
        yield from _learning("self", "self", call.instance)
    for name, value in call.arguments.items():
        for item_name, text, item in (
            [(name, name, value)] if not is_container(value) else _items(name, value)
        ):
            if isinstance(item, torch.nn.Module):
                yield from _learning(item_name, text, item)
    for name, value in list(program.module.__dict__.items()):
        if isinstance(value, (torch.nn.Module, torch.Tensor)):
            yield from _learning(name, name, value)


def _items(name: str, value: Any) -> list[tuple[str, str, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [(f"{name}.{key}", f"{name}[{key!r}]", item) for key, item in pairs]


def _learning(name: str, text: str, holder: Any, depth: int = 2) -> Iterator[Source]:
    """What learns in an object, by what it keeps; `depth` is that of plain objects in one another."""
    if isinstance(holder, torch.Tensor):
        if holder.requires_grad:
            yield Source(name, holder, text)
        return
    if isinstance(holder, torch.nn.Module):
        for path, parameter in holder.named_parameters():
            if parameter.requires_grad:
                spelled = f"{text}.{path}" if "." not in path else f'{text}.get_parameter("{path}")'
                yield Source(f"{name}.{path}", parameter, spelled)
    for key, value in list(getattr(holder, "__dict__", {}).items()):
        if key.startswith("_") and isinstance(holder, torch.nn.Module):
            continue
        if isinstance(value, (torch.Tensor, torch.nn.Module)):
            yield from _learning(f"{name}.{key}", f"{text}.{key}", value)
        elif depth > 1 and is_record(value) and not isinstance(holder, torch.nn.Module):
            yield from _learning(f"{name}.{key}", f"{text}.{key}", value, depth - 1)
        elif isinstance(value, (list, tuple)):
            for at, item in enumerate(value):
                if isinstance(item, (torch.Tensor, torch.nn.Module)):
                    yield from _learning(f"{name}.{key}.{at}", f"{text}.{key}[{at}]", item)


def _as_leaf(call: Call, name: str, tensor: torch.Tensor) -> torch.Tensor:
    """Put a leaf with the same values in place of an argument that is the result of other operations."""
    leaf = tensor.detach().clone().requires_grad_(True)

    def swap(value: Any) -> Any:
        if value is tensor:
            return leaf
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*[swap(item) for item in value])
        if type(value) in (list, tuple):
            return type(value)([swap(item) for item in value])
        if type(value) is dict:
            return {key: swap(item) for key, item in value.items()}
        return value

    call.positional = tuple(swap(v) for v in call.positional)
    call.named = {k: swap(v) for k, v in call.named.items()}
    call.arguments = {k: swap(v) for k, v in call.arguments.items()}
    return leaf
