"""Programs composed of parts: the same ones for a seed, and what is said of them."""

from __future__ import annotations

import random

import pytest

from compose import answer, experiment, gradients, lost, reduced
from compositions import CARRIERS, CUTS, Spec, Unfit, draw, render

PLAIN = Spec(0, "script", "one_layer", "mse", ((0, "items"),), (), "detach", 0, plain=True)


def test_a_program_and_its_twin_differ_in_the_cut_alone() -> None:
    cut, whole = (render(PLAIN, each) for each in (True, False))
    pairs = zip(cut.text.split("\n"), whole.text.split("\n"), strict=True)
    changed = [number for number, (one, other) in enumerate(pairs, 1) if one != other]
    assert changed == sorted(cut.cut_lines)
    assert whole.cut_lines == frozenset()


def test_autograd_says_what_is_lost() -> None:
    assert gradients(render(PLAIN, cut=False)) == [True, True]
    assert lost(PLAIN)
    assert answer(PLAIN) == "found"


def test_a_seed_gives_the_same_programs() -> None:
    texts = []
    for chance in (random.Random(3), random.Random(3)):
        for spec in (draw(chance) for _ in range(20)):
            try:
                texts.append(render(spec, cut=True).text)
            except Unfit:
                texts.append("")
    assert texts[:20] == texts[20:]


def test_what_makes_no_difference_is_left_out() -> None:
    small = reduced(Spec(5, "trainer_class", "two_heads", "soft_dice", ((3, "deque"),), (), "round", 1))
    assert (small.program, small.loss, small.carriers) == ("script", "mse", ())


@pytest.mark.parametrize("name", [*CARRIERS, *CUTS])
def test_parts_are_written_as_parts(name: str) -> None:
    part = CARRIERS.get(name) or CUTS[name]
    assert part["body"]
    assert (name in CUTS) != ("CUT(" in "".join(part.sections.values()))


def test_composed_programs_are_understood() -> None:
    tally = experiment(60, seed=2)
    assert tally.wrong == []
    assert tally.counts["found"] == 60
