"""The table says about every operator of op_db what autograd does with it, under every name it has there."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import OpInfo
from torch.utils._pytree import tree_map

from chainrule.gradient_facts import Gradient, Operator, lookup
from gradient_facts.autograd_watch import best, gradients, kind, outputs

pytestmark = pytest.mark.filterwarnings("ignore")
SAMPLES = 8
"""Taken evenly from the first 100 of every entry, beside one for every combination of flags and modes."""
DTYPES = (torch.float64, torch.float32, torch.complex128, torch.bfloat16, torch.int64, torch.bool)
ENTRIES: dict[str, list[OpInfo]] = defaultdict(list)
for entry in op_db:
    ENTRIES[entry.name].append(entry)
IMPOSSIBLE = ("out of bounds for storage", "scale_grad_by_freq not supported with sparse")
"""What a sample may fail with: a copy has no larger storage than it needs; the sample has no backward."""
NOT_COMPARED = {
    "angle": "its samples here are real numbers; the fact is of complex ones, and the overlay's test runs it",
    "max_pool2d_with_indices_backward": "op_db gives it a constant grad_output, its only way to a gradient",
}
COMPARED: dict[str, int] = {}
Seen = tuple[list[Gradient], list[str | None]]


@pytest.mark.parametrize("name", ENTRIES)
def test_table_says_what_autograd_does(name: str) -> None:
    if name.startswith("jiterator"):
        pytest.skip("compiled for CUDA while it runs")
    if name in NOT_COMPARED:
        pytest.skip(NOT_COMPARED[name])
    calls = [(op, sample) for op in ENTRIES[name] for sample in samples(op)]
    if not calls:
        pytest.skip("no kernel for the CPU")
    for variant in {variant for op in ENTRIES[name] for variant, _ in names(op)}:
        operator = lookup(variant)
        assert operator is not None, f"no fact about {variant}"
        seen: dict[tuple[Operator, int], list[Seen]] = defaultdict(list)
        for op, sample in calls:
            if not (variant.endswith("_") and sample.broadcasts_input) and variant in dict(names(op)):
                found = run(dict(names(op))[variant], sample)
                if found is not None:
                    seen[given(operator, sample.kwargs), len(found[0])].append(found)
        for (fact, _), found in seen.items():
            assert any(agrees(overload, found) for overload in (fact, *fact.overloads)), (
                f"{variant}: autograd {summary(found)}, table {[o.outputs for o in (fact, *fact.overloads)]}"
            )
    COMPARED[name] = len(ENTRIES[name])


def names(op: OpInfo) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The function, its aliases, their methods and their in-place forms."""
    yield op.name, op.op
    for variant in (op, *op.aliases):
        if variant is not op:
            yield variant.name, variant.op
        if variant.method_variant:
            yield f"Tensor.{variant.name}", variant.method_variant
        if variant.inplace_variant and hasattr(torch.Tensor, f"{variant.name}_"):
            yield f"{variant.name}_", variant.inplace_variant


def samples(op: OpInfo) -> list[Any]:
    types = op.supported_dtypes("cpu")
    dtype = next((dtype for dtype in (*DTYPES, *types) if dtype in types), None)
    if dtype is None:
        return []
    torch.manual_seed(0)
    found = list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=False), 100))
    full = [s for s in found if not isinstance(s.input, torch.Tensor) or s.input.numel()] or found
    kinds = {repr([modes(sample.args), modes(sample.kwargs)]): sample for sample in reversed(full)}
    return [*full[:: -(-len(full) // SAMPLES)], *itertools.islice(kinds.values(), 2 * SAMPLES)]


def modes(value: Any) -> Any:
    """A call's flags, modes and kinds of tensors, without its numbers."""
    if isinstance(value, torch.Tensor):
        return value.dtype
    kept = value if isinstance(value, bool | str) or value in (-1, 0, 1) else type(value)
    return tree_map(modes, value) if isinstance(value, list | tuple | dict) else kept


def run(function: Callable[..., Any], sample: Any) -> Seen | None:
    call = (sample.input, *sample.args)
    try:
        found = gradients(function, call, sample.kwargs)
    except RuntimeError as error:
        if any(text in str(error) for text in IMPOSSIBLE):
            return None
        raise
    copied = tree_map(lambda v: v.clone() if isinstance(v, torch.Tensor) else v, call)
    kinds = [kind(output) for output in outputs(function(*copied, **sample.kwargs))]
    return found, [None] * len(kinds) if "dtype" in sample.kwargs else kinds


def given(operator: Operator, keywords: dict[str, Any]) -> Operator:
    for name, value in keywords.items():
        operator = operator.given(name, repr(value))
    return operator


def summary(seen: list[Seen]) -> list[Gradient]:
    return [best(column) for column in zip(*(gradients for gradients, _ in seen), strict=True)]


def agrees(operator: Operator, seen: list[Seen]) -> bool:
    """A single output of the table may stand for a tuple of any length, as `unbind` gives."""
    together = summary(seen)
    kinds = [set(column) for column in zip(*(kinds for _, kinds in seen), strict=True)]
    if len(operator.outputs) == 1:
        together, kinds = [best(together)], [set().union(*kinds)]
    told = [output.gradient for output in operator.outputs]
    if told[: len(together)] != together:
        return False
    typed = all(
        o.dtype is None or k <= {o.dtype, None} for o, k in zip(operator.outputs, kinds, strict=False)
    )
    return typed and len(told) >= len(together)


def test_all_were_compared(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(
            f"\ncompared {len(COMPARED)} operators, {sum(COMPARED.values())} of {len(op_db)} entries of op_db"
        )
