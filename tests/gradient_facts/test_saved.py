"""What the table calls saved is what backward needs: changing it in place makes backward raise.

All inputs require grad here; with fewer, PyTorch may save less.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_map

from chainrule.gradient_facts import Operator, lookup
from gradient_facts.autograd_watch import differentiable, outputs
from gradient_facts.test_op_db import ENTRIES, names, samples

pytestmark = pytest.mark.filterwarnings("ignore")
ENOUGH = 6
"""Calls of one operator after which no more are made, once all that is saved was seen to be."""
CHANGED = "modified by an inplace operation"
CHECKED: dict[str, int] = {}


@pytest.mark.parametrize("name", ENTRIES)
def test_backward_needs_what_the_table_calls_saved(name: str) -> None:
    for variant in (name, f"{name}_"):
        fact = lookup(variant)
        if fact is None:
            continue
        overloads = (fact, *fact.overloads)
        saved = {n for o in overloads for n in o.saves}
        results = [each.outputs for o in overloads for each in (o, *o.conditions)]
        saved |= {f"-> {output.name}" for made in results for output in made if output.saved}
        needed: set[str] = set()
        possible: set[str] = set()
        for count, (function, arguments, keywords) in enumerate(direct_calls(name, variant)):
            overload = fitting(fact, function, arguments, keywords)
            if overload is None:
                continue
            if count >= ENOUGH and saved & possible <= needed:
                break
            for told, pick in places(overload, arguments, keywords):
                raised = breaks(function, arguments, keywords, pick)
                if raised is None:
                    continue
                possible.add(told)
                if raised:
                    needed.add(told)
        assert needed <= saved, f"{variant}: backward needs {needed - saved}"
        assert saved & possible <= needed, f"{variant}: backward never needs {(saved & possible) - needed}"
        if possible:
            CHECKED[variant] = len(possible)


@pytest.mark.parametrize("name", [name for name in ENTRIES if getattr(lookup(name), "needed_for", ())])
def test_a_factor_is_kept_only_for_the_other(name: str) -> None:
    fact = lookup(name)
    assert fact is not None
    for function, arguments, keywords in itertools.islice(direct_calls(name, name), ENOUGH):
        overload = fitting(fact, function, arguments, keywords)
        told = dict(zip(overload.arguments, arguments, strict=False)) if overload else {}
        for saved, other in overload.needed_for if overload else ():
            if isinstance(told.get(saved), Tensor) and isinstance(told.get(other), Tensor):
                position = overload.arguments.index(saved)
                constant = told[other]
                assert not breaks(function, arguments, keywords, lambda a, k, m, i=position: a[i], constant)


def direct_calls(name: str, variant: str) -> Iterator[tuple[Callable[..., Any], list[Any], dict[str, Any]]]:
    """Calls whose arguments are the operator's own, which op_db's lambdas may have in another order."""
    for op in ENTRIES[name]:
        function = dict(names(op)).get(variant)
        if (
            function is None
            or getattr(function, "__name__", "") == "<lambda>"
            or name.startswith("jiterator")
        ):
            continue
        for sample in samples(op):
            if not (variant.endswith("_") and sample.broadcasts_input):
                yield function, [sample.input, *sample.args], dict(sample.kwargs)


def fitting(
    fact: Operator, function: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any]
) -> Operator | None:
    """The overload whose tensor arguments take the call's tensors, and which gives as many outputs."""
    copied = tree_map(lambda v: v.clone() if isinstance(v, Tensor) else v, arguments)
    count = len(outputs(function(*copied, **keywords)))
    for overload in (fact, *fact.overloads):
        given = dict(zip(overload.arguments[: overload.positional], arguments, strict=False)) | keywords
        tensors = {name for name, value in given.items() if has_tensor(value)}
        fits = len(arguments) <= overload.positional and tensors <= overload.tensors
        if fits and len(overload.outputs) in (1, count) and (count == 1) <= (len(overload.outputs) == 1):
            return overload
    return None


def has_tensor(value: Any) -> bool:
    return any(isinstance(leaf, Tensor) for leaf in tree_leaves(value))


def places(
    overload: Operator, arguments: list[Any], keywords: dict[str, Any]
) -> Iterator[tuple[str, Callable[[list[Any], dict[str, Any], list[Any]], Any]]]:
    """Every value of the call that could be changed: its name in the table, and how to get at it."""
    for i, value in enumerate(arguments):
        if has_tensor(value) and not (overload.inplace and i == 0):
            yield overload.arguments[i], lambda given, named, made, i=i: given[i]
    for key, value in keywords.items():
        if has_tensor(value):
            yield key, lambda given, named, made, key=key: named[key]
    for i, output in enumerate(overload.outputs):
        yield f"-> {output.name}", lambda given, named, made, i=i: made[i] if i < len(made) else None


def breaks(
    function: Callable[..., Any],
    arguments: list[Any],
    keywords: dict[str, Any],
    pick: Callable[[list[Any], dict[str, Any], list[Any]], Any],
    constant: Any = None,
) -> bool | None:
    """Whether backward raises after the picked value was changed in place; None if that can't be tried.

    All inputs but `constant` require grad.
    """
    leaves: list[Tensor] = []

    def fresh(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        if not differentiable(value) or value is constant:
            return value.clone()
        leaves.append(value.detach().clone().requires_grad_())
        return leaves[-1].clone()

    given, named = tree_map(fresh, (arguments, keywords))
    torch.manual_seed(0)
    try:
        made = outputs(function(*given, **named))
    except RuntimeError:
        return None  # an input here may not require grad
    wanted = [o for o in tree_leaves(made) if isinstance(o, Tensor) and o.requires_grad and o.numel()]
    target = next((t for t in tree_leaves(pick(given, named, made)) if isinstance(t, Tensor)), None)
    if target is None or not wanted or not leaves or not target.numel():
        return None
    try:
        with torch.no_grad():
            target.logical_or_(torch.tensor(False)) if target.dtype == torch.bool else target.add_(0)
    except RuntimeError:
        return None  # torch forbids to change it: expanded memory, or one of several views
    try:
        torch.autograd.grad(wanted, leaves, [torch.ones_like(o) for o in wanted], allow_unused=True)
    except RuntimeError as error:
        return True if CHANGED in str(error) else None
    return False


def test_all_were_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nchecked {sum(CHECKED.values())} inputs and outputs of {len(CHECKED)} operators")
