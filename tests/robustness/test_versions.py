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


ONE_BLOCK = """\
import torch
import torch.nn.functional as F


def found_loss(scores, target):
    return F.mse_loss((scores > 0.5).float(), target)
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import torch\n", ""),
        ("import torch\n", "import torch as t\n"),
        ("import torch.nn.functional as F\n", "from torch.nn import functional as F\n"),
    ],
)
def test_a_remembered_fix_is_spelled_by_the_imports_of_today(before: str, after: str) -> None:
    _told_as_new(ONE_BLOCK, ONE_BLOCK.replace(before, after))


HANDED_ON = """\
import torch


def decoded(scores):
    return scores.argmax(dim=1)


def loss(scores, table, target):
    return (table[decoded(scores)] - target).square().mean()
"""
ANOTHER_USE = """

def report(scores):
    return decoded(scores).tolist()
"""
NO_USE = ANOTHER_USE.replace("decoded", "largest")


def test_a_remembered_fix_knows_the_uses_of_its_function_in_other_blocks() -> None:
    [alone] = Analyzer().analyze(HANDED_ON + NO_USE).findings
    [used] = Analyzer().analyze(HANDED_ON + ANOTHER_USE).findings
    assert len(alone.fixes) > len(used.fixes)
    _told_as_new(HANDED_ON + NO_USE, HANDED_ON + ANOTHER_USE)


def test_between_two_keystrokes_no_fix_edits_what_has_just_changed() -> None:
    analyzer = Analyzer()
    [told] = analyzer.analyze(HANDED_ON + NO_USE, "file.py").findings
    [typing] = analyzer.analyze(HANDED_ON + ANOTHER_USE, "file.py", settle=False).findings
    assert told.fixes and not typing.fixes and analyzer.unsettled("file.py")


def _told_as_new(one: str, other: str) -> None:
    """What is said of `other` after `one`, and of `one` after `other`, is what is said of each alone."""
    for before, after in ((one, other), (other, one)):
        analyzer = Analyzer()
        analyzer.analyze(before, "file.py")
        assert analyzer.analyze(after, "file.py").findings == Analyzer().analyze(after, "file.py").findings
