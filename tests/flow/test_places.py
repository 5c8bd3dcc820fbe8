"""What is told, is told where it stands: in a function that was called as in the one that was asked about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule import analyze
from chainrule.flow.core.program import Module
from chainrule.flow.core.trace import Place, Trace
from chainrule.flow.entry_points import roots
from chainrule.flow.judgement.breaks import breaks
from chainrule.flow.run import run
from chainrule.syntax import Block, parse_block
from flow.checking import check

PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "cases").glob("*.py"))


def _places(trace: Trace) -> Iterator[Place]:
    for found in breaks(trace):
        yield found.block, found.at
        yield from found.path
    for each in (*trace.events, *trace.hazards, *trace.backwards):
        yield each.block, each.at


def _positions(block: Block) -> set[tuple[int, int]]:
    return {
        (n.lineno, n.col_offset) for n in ast.walk(parse_block(block)) if isinstance(n, (ast.expr, ast.stmt))
    }


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_places_are_expressions_of_their_block(path: Path) -> None:
    module = Module(path.read_text(), str(path))
    known: dict[Block, set[tuple[int, int]]] = {block: _positions(block) for block in module.blocks}
    for block in module.blocks:
        for root in roots(module, block):
            for where, at in _places(run(module, root)):
                if isinstance(at, (ast.expr, ast.stmt)):
                    assert (at.lineno, at.col_offset) in known[where], (root.name, ast.unparse(at))


def test_a_value_of_another_function_that_a_mask_leaves_out() -> None:
    check("""
        def inside(radius):

            return torch.sqrt(1 - radius) / radius  # want CR302 "where it is not used"


        def outside(radius):
            return 1 / (1 + radius * radius)


        def profile(radius):
            return torch.where(radius > 0, inside(radius), outside(radius))


        def shear_loss(radius, target):
            return F.mse_loss(profile(radius), target)
    """)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("pred.detach()", "from here it goes on to the loss without gradient"),
        ("pred.round()", "from here it goes on to the loss"),
        ("(pred - target).pow(2).sqrt()", "from here it goes on to the loss"),
    ],
)
def test_the_way_on_lacks_a_gradient_only_behind_a_cut(step: str, said: str) -> None:
    text = f"def a_loss(pred, target):\n    value = {step}\n    return (value - target).abs().mean()\n"
    (found,) = analyze(text).findings
    assert [each.message for each in found.related] == [said]
