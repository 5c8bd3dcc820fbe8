"""Names that torch decides: what the analysis takes them for is what torch does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from chainrule.flow.by_default import REDUCTIONS
from chainrule.flow.core.networks import MOVES
from chainrule.flow.forgotten import starts


def gives_itself(name: str) -> bool:
    layer = nn.Linear(1, 1)
    arguments: list[tuple[object, ...]] = [(), ("cpu",), (torch.float32,), (lambda module: None,)]
    for each in arguments:
        try:
            if getattr(layer, name)(*each) is layer:
                return True
        except (TypeError, ValueError, RuntimeError, AttributeError, AssertionError):
            continue
    return False


def test_what_gives_a_module_back() -> None:
    without_device = MOVES - {"cuda"}  # the same, where there is a device
    assert {name for name in dir(nn.Module) if name[0] != "_" and gives_itself(name)} >= without_device
    assert all(gives_itself(name) for name in without_device)


def test_ways_to_reduce_a_loss() -> None:
    log_pred, target = torch.rand(2, 3).log_softmax(-1), torch.rand(2, 3).softmax(-1)
    for reduction in REDUCTIONS:
        F.kl_div(log_pred, target, reduction=reduction)
    with pytest.raises(ValueError, match="reduction"):
        F.kl_div(log_pred, target, reduction="max")


@pytest.mark.parametrize("method", ["normal_", "uniform_", "fill_", "zero_", "exponential_"])
def test_first_values_keep_nothing_of_what_was_there(method: str) -> None:
    assert starts(method)
    weight = torch.full((50,), 7.0)
    getattr(weight, method)(*([0.5] if method == "fill_" else []))
    assert not (weight == 7.0).any()


@pytest.mark.parametrize("method", ["copy_", "mul_", "add_", "clamp_", "requires_grad_"])
def test_what_writes_into_a_layer(method: str) -> None:
    assert not starts(method)
