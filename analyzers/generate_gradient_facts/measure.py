"""What autograd does at one call: which output gives which input a gradient, and what backward keeps."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Path = tuple[int | str, ...]
"""Where a tensor lies in a call: argument position or name first, then positions in lists."""


@dataclass(frozen=True)
class Seen:
    """One output. `gradient` is a letter of the table, or nothing for an empty tensor.

    `inputs` has one letter for each leaf that was asked.
    """

    gradient: str
    inputs: Mapping[Path, str]
    dtype: str
    view: bool


def measure(
    call: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any], seed: int = 0
) -> list[Seen]:
    """Run the call once with every floating tensor requiring grad; one `Seen` for every output.

    An input that may not require grad at all counts as raising. Raises whatever the call itself raises.
    """
    refused = _refused(call, arguments, keywords)
    leaves, outputs, inputs = _run(call, arguments, keywords, seed, refused)
    storages = {
        t.untyped_storage().data_ptr() for t in inputs.values() if t.layout == torch.strided and t.numel()
    }
    return [_seen(output, leaves, storages, refused) for output in outputs]


def saved(
    call: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> tuple[set[Path], set[int]]:
    """The inputs (by path) and outputs (by position) whose in-place change makes backward raise."""
    refused = _refused(call, arguments, keywords)

    def breaks(pick: Callable[[dict[Path, Tensor], list[Any]], Any]) -> bool:
        leaves, outputs, inputs = _run(call, arguments, keywords, 0, refused)
        return _breaks(leaves, outputs, pick(inputs, outputs))

    _, outputs, inputs = _run(call, arguments, keywords, 0, refused)
    given = [path for path in inputs if len(path) == 1 or isinstance(path[1], int)]  # no module's parameters
    kept_inputs = {path for path in given if breaks(lambda ins, outs, path=path: ins[path])}
    kept_outputs = {i for i in range(len(outputs)) if breaks(lambda ins, outs, i=i: outs[i])}
    return kept_inputs, kept_outputs


def tensors(value: Any, path: Path = ()) -> Iterator[tuple[Path, Tensor]]:
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from tensors(item, (*path, i))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from tensors(item, (*path, key))


def _refused(
    call: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> frozenset[Path]:
    """Inputs that make the call itself raise as soon as they require grad."""
    try:
        _run(call, arguments, keywords, 0)
        return frozenset()
    except RuntimeError as error:
        if "grad" not in str(error) and "differentia" not in str(error):
            raise
    paths = {path for path, t in tensors([*arguments]) if _can_require_grad(t)}
    paths |= {path for path, t in tensors(dict(keywords)) if _can_require_grad(t)}
    refused = set()
    for path in paths:
        try:
            _run(call, arguments, keywords, 0, frozenset(paths - {path}))
        except RuntimeError:
            refused.add(path)
    return frozenset(refused)


def _can_require_grad(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _run(
    call: Callable[..., Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    seed: int,
    constant: frozenset[Path] = frozenset(),
) -> tuple[dict[Path, Tensor], list[Any], dict[Path, Tensor]]:
    leaves: dict[Path, Tensor] = {}
    inputs: dict[Path, Tensor] = {}

    def fresh(value: Any, path: Path) -> Any:
        if isinstance(value, Tensor):
            leaf = value.detach().clone()
            if _can_require_grad(leaf) and path not in constant:
                leaves[path] = leaf.requires_grad_()
                leaf = leaf.clone()  # not a leaf: in-place operators may change it
            inputs[path] = leaf
            return leaf
        if type(value) in (list, tuple):
            return type(value)(fresh(item, (*path, i)) for i, item in enumerate(value))
        if type(value) is dict:
            return {key: fresh(item, (*path, key)) for key, item in value.items()}
        return copy.copy(value)

    positional = [fresh(value, (i,)) for i, value in enumerate(arguments)]
    named = {name: fresh(value, (name,)) for name, value in keywords.items()}
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = call(*positional, **named)
    return leaves, _flat(result), inputs


def _flat(result: Any) -> list[Any]:
    """The outputs of a call; a list of tensors (as `split` gives) counts as one output."""
    if isinstance(result, tuple) and not isinstance(result, torch.Size):
        return [item for part in result for item in (_flat(part) if isinstance(part, tuple) else [part])]
    return [result]


def _seen(output: Any, leaves: Mapping[Path, Tensor], storages: set[int], refused: frozenset[Path]) -> Seen:
    if isinstance(output, list):
        output = next((t for _, t in tensors(output)), None)
    if not isinstance(output, Tensor):
        return Seen("c", {}, "", False)
    dtype = (
        "b"
        if output.dtype == torch.bool
        else ""
        if output.is_floating_point() or output.is_complex()
        else "i"
    )
    view = output.layout == torch.strided and output.untyped_storage().data_ptr() in storages
    if not output.numel():
        return Seen("", {}, dtype, view)
    if not output.requires_grad:
        gradient = "r" if refused and not leaves else "c"
        return Seen(gradient, dict.fromkeys(leaves, "c") | dict.fromkeys(refused, "r"), dtype, view)
    inputs = {path: _gradient(output, leaf) for path, leaf in leaves.items()} | dict.fromkeys(refused, "r")
    return Seen(min(inputs.values(), key="fzrc".index, default="c"), inputs, dtype, view)


def _gradient(output: Tensor, leaf: Tensor) -> str:
    weights = torch.randn_like(output.to_dense() if output.layout != torch.strided else output)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (gradient,) = torch.autograd.grad(
                output.to_dense() if output.layout != torch.strided else output,
                leaf,
                weights,
                retain_graph=True,
                allow_unused=True,
            )
    except (RuntimeError, NotImplementedError) as error:
        if "not implemented" in str(error) or "not differentiable" in str(error):
            return "r"
        if "ill-defined" in str(error):  # eigenvectors: only their phase has no gradient
            return _gradient(output.abs(), leaf)
        raise
    if gradient is None:
        return "c"
    return "f" if gradient.to_dense().count_nonzero() else "z"


def _breaks(leaves: Mapping[Path, Tensor], outputs: Sequence[Any], target: Any) -> bool:
    wanted = [o for o in outputs if isinstance(o, Tensor) and o.requires_grad]
    if isinstance(target, list):
        target = next((t for _, t in tensors(target)), None)
    if not isinstance(target, Tensor) or not wanted or not leaves:
        return False
    try:
        with torch.no_grad():
            if target.dtype == torch.bool:
                target.logical_or_(torch.zeros((), dtype=torch.bool))
            else:
                target.add_(0)
    except RuntimeError:
        return False  # torch itself forbids to change this one (expanded memory, one of several views)
    try:
        torch.autograd.grad(
            wanted, list(leaves.values()), [torch.ones_like(o) for o in wanted], allow_unused=True
        )
    except RuntimeError as error:
        return "modified by an inplace operation" in str(error)
    return False
