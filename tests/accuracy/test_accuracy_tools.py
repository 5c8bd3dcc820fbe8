"""The measuring tools tell connected from cut, and count a broken program once."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch

from losses import Gradient, Prepared, catalogue, gradients_of
from mutants import mutants
from mutate import experiment, program_subjects
from observe import Argument, observe


def half_detached(kept: torch.Tensor, dropped: torch.Tensor) -> torch.Tensor:
    return (kept * dropped.detach()).sum()


class Unfinished(torch.autograd.Function):
    """A Function whose backward raises what is no RuntimeError."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
        return values.clone()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad[torch.ones(3)]


@pytest.fixture
def prepared() -> Prepared:
    kept, dropped = (torch.randn(3, requires_grad=True) for _ in range(2))
    arguments = {"kept": kept, "dropped": dropped}
    return Prepared(half_detached, arguments, {name: [leaf] for name, leaf in arguments.items()})


def test_gradients(prepared: Prepared) -> None:
    assert gradients_of(prepared) == {"kept": Gradient.FLOWS, "dropped": Gradient.CUT}


def test_a_backward_that_raises_anything_leaves_its_source_cut() -> None:
    values = torch.randn(3, requires_grad=True)
    broken = Prepared(lambda values: Unfinished.apply(values).sum(), {"values": values}, {"values": [values]})
    assert gradients_of(broken) == {"values": Gradient.CUT}


def test_a_watched_function_is_connected_to_what_its_result_depends_on(prepared: Prepared) -> None:
    seen = observe(prepared, Path(__file__).parent)
    here = (__file__, "half_detached")
    own = {argument: reached for argument, reached in seen.connected.items() if argument.path == __file__}
    assert own == {Argument(*here, "kept"): True, Argument(*here, "dropped"): False}


def test_a_mutant_differs_in_its_lines_only() -> None:
    before = Path(__file__).read_text().split("\n")
    for mutant in mutants(__file__, "half_detached", random.Random(0)):
        after = mutant.text.split("\n")
        grown = len(after) - len(before)
        assert after[: mutant.first - 1] == before[: mutant.first - 1]
        assert after[mutant.last :] == before[mutant.last - grown :]


def test_broken_programs_are_confirmed() -> None:
    tally = experiment(list(program_subjects("022_focal")), wanted=3, seed=0)
    assert tally.broken == 3
    assert tally.located <= tally.found <= tally.broken


def test_the_catalogue_names_at_least_150_losses_of_12_libraries() -> None:
    losses = list(catalogue())
    assert len(losses) >= 150
    assert len({loss.library for loss in losses}) >= 12
