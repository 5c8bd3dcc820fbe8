"""Ask autograd about one call. Written apart from the generator, so that the two check each other."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_map

from chainrule.gradient_facts import Gradient

RAISES = (
    "not implemented",
    "not differentiable",
    "modified by an inplace operation",  # by the operator itself: vander
)
ORDER = (Gradient.FLOWS, Gradient.ZERO, Gradient.RAISES, Gradient.CUT)


def best(gradients: Sequence[Gradient]) -> Gradient:
    return min(gradients, key=ORDER.index)


def differentiable(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def gradients(
    call: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> list[Gradient]:
    """What reaches any input through each output, with as many inputs as possible requiring grad.

    A call that refuses inputs which require grad (`resize_`) counts as raising.
    """
    for leaves, values in _with_grad(arguments, keywords):
        try:
            result = _quietly(call, *values[0], **values[1])
        except RuntimeError as error:
            if "grad" not in str(error) and "differentia" not in str(error):
                raise
            continue
        return [through(output, leaves) for output in outputs(result)]
    return [Gradient.RAISES]


def outputs(result: Any) -> list[Any]:
    """The outputs of a call, where a list of tensors is one output and a tuple is as many as it has parts."""
    if isinstance(result, tuple) and not isinstance(result, torch.Size):
        return [part for item in result for part in outputs(item)]
    return [result]


def through(output: Any, leaves: Sequence[Tensor]) -> Gradient:
    """What reaches the leaves through one output."""
    if isinstance(output, list):
        return best([through(item, leaves) for item in output]) if output else Gradient.CUT
    if not isinstance(output, Tensor) or not output.requires_grad:
        return Gradient.CUT
    dense = output.to_dense() if output.layout != torch.strided else output
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(dense.shape, generator=generator, dtype=torch.float64).to(dense.dtype)
    try:
        found = _quietly(torch.autograd.grad, dense, leaves, weights, retain_graph=True, allow_unused=True)
    except (RuntimeError, NotImplementedError) as error:
        if any(text in str(error) for text in RAISES):
            alone = [through(output, [leaf]) for leaf in leaves] if len(leaves) > 1 else [Gradient.RAISES]
            return best(alone)
        if "ill-defined" in str(error):  # eigenvectors: only their phase has no gradient
            return through(output.abs(), leaves)
        raise
    reached = [g for g in found if g is not None]
    if not reached:
        return Gradient.CUT
    return Gradient.FLOWS if any(g.to_dense().count_nonzero() for g in reached) else Gradient.ZERO


def kind(output: Any) -> str | None:
    """The dtype as the table names it."""
    if isinstance(output, list):
        return kind(output[0]) if output else None
    if not isinstance(output, Tensor) or differentiable(output):
        return None
    return "bool" if output.dtype == torch.bool else "int"


def _with_grad(
    arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> Iterator[tuple[list[Tensor], tuple[Sequence[Any], Mapping[str, Any]]]]:
    """The call's values with all floating tensors requiring grad, then all but one, then only one of them."""
    given, _ = tree_flatten((tuple(arguments), dict(keywords)))
    count = sum(isinstance(value, Tensor) and differentiable(value) for value in given)
    everything = frozenset(range(count))
    choices = itertools.chain(
        [everything], (everything - {i} for i in everything), (frozenset({i}) for i in everything)
    )
    for chosen in filter(None, choices) if everything else choices:
        leaves: list[Tensor] = []
        position = itertools.count()

        def fresh(value: Any, chosen: frozenset[int] = chosen, leaves: list[Tensor] = leaves) -> Any:
            if not isinstance(value, Tensor):
                return value
            leaf = value.detach().clone()
            if not differentiable(leaf) or next(position) not in chosen:  # noqa: B023 - called at once
                return leaf
            leaves.append(leaf.requires_grad_())
            return leaf.clone()  # no leaf: in-place operators may change it

        torch.manual_seed(0)
        yield leaves, tree_map(fresh, (tuple(arguments), dict(keywords)))


def _quietly(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **keywords)
