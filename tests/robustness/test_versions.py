"""Version after version of one text: what is remembered of the last one changes nothing that is said."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from chainrule import analyze
from chainrule.analysis import Analyzer, Options

PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "cases").glob("*.py"))


def long_text(chance: random.Random) -> str:
    return "\n\n".join(path.read_text(encoding="utf-8") for path in chance.sample(PROGRAMS, 8))


def edited(text: str, chance: random.Random) -> str:
    """One line typed in, taken out, joined to the next, doubled, or moved to the end."""
    lines = text.split("\n")
    at = chance.randrange(len(lines) - 1)
    column = chance.randint(0, len(lines[at]))
    match chance.randrange(5):
        case 0:
            lines[at] = lines[at][:column] + chance.choice("ab.(= :#\"'") + lines[at][column:]
        case 1:
            del lines[at]
        case 2:
            lines[at : at + 2] = [lines[at] + lines[at + 1]]
        case 3:
            lines.insert(at, lines[at])
        case _:
            lines.append(lines.pop(at))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_a_remembered_file_is_told_as_a_new_one(seed: int) -> None:
    chance = random.Random(seed)
    text = long_text(chance)
    analyzer = Analyzer(Options(verdicts=True))
    for _ in range(12):
        # Between two keystrokes only what was edited is looked at again; the next pause settles the rest.
        analyzer.analyze(text, "long.py", settle=False)
        settled = analyzer.analyze(text, "long.py")
        assert settled.findings == Analyzer(Options(verdicts=True)).analyze(text, "long.py").findings
        before = text
        text = edited(text, chance)
        if chance.random() < 0.5:
            analyzer.analyze(text, "long.py", settle=False)
            text = before if chance.random() < 0.5 else text


CALLED = """\
import torch


class Reverse(torch.autograd.Function):
    def forward(ctx, x):
        return x.view_as(x)

    def backward(ctx, grad):
        return -grad


def adversarial_loss(pred, target):
    return (Reverse()(pred) - target).square().mean()
"""


def test_a_block_that_does_not_parse_takes_no_fix_from_the_others() -> None:
    [whole] = analyze(CALLED).findings
    [typing] = analyze(CALLED + '\n\ndef report(x):\n    print("\n').findings
    assert whole.fixes
    assert typing.fixes == whole.fixes
