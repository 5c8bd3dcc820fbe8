"""Losses of a base in another file that a class completes: what the class does wrong is told in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from folders import findings, write

BASE = """
import torch
from torch import nn
import torch.nn.functional as F

class MarginLoss(nn.Module):
    def __init__(self, classes=4, width=8):
        super().__init__()
        self.W = nn.Parameter(torch.randn(width, classes))

    def scale_logits(self, logits):
        return logits

    def get_logits(self, embeddings):
        return self.scale_logits(F.normalize(embeddings, dim=1) @ F.normalize(self.W, dim=0))

    def compute_loss(self, embeddings, labels):
        return F.cross_entropy(self.get_logits(embeddings), labels)

    def forward(self, embeddings, labels):
        return self.compute_loss(embeddings, labels)
"""
CLASS = """
import torch
from base import MarginLoss

class SphereLoss(MarginLoss):
    def __init__(self, scale=16.0):
        super().__init__()
        self.scale = scale

    def scale_logits(self, logits):
        return {} * self.scale
"""


@pytest.mark.parametrize(
    ("scaled", "code"),
    [("logits.sign()", "CR201"), ("logits.detach()", "CR101"), ("torch.tensor(logits)", "CR107")],
)
def test_what_the_base_calls_is_told(scaled: str, code: str, tmp_path: Path) -> None:
    write(tmp_path, {"base.py": BASE, "train.py": CLASS.format(scaled)})
    (finding,) = findings(tmp_path)
    assert (finding.code, finding.range.start.line) == (code, 11)
    assert finding.function == "SphereLoss.compute_loss"
    assert "embeddings" in finding.sources and "self.W" in finding.sources


def test_a_class_that_completes_it_well(tmp_path: Path) -> None:
    write(tmp_path, {"base.py": BASE, "train.py": CLASS.format("logits.clamp(-1, 1)")})
    assert findings(tmp_path) == []


def test_what_the_base_does_is_told_in_its_own_file(tmp_path: Path) -> None:
    base = BASE.replace("F.cross_entropy(self", "F.mse_loss(self").replace(
        ", labels)\n\n", ".round(), labels)\n\n"
    )
    assert ".round()" in base
    write(tmp_path, {"base.py": base, "train.py": CLASS.format("logits")})
    assert findings(tmp_path) == []
    assert [each.code for each in findings(tmp_path, "base.py")] == ["CR201"]


def test_what_only_selects_in_it(tmp_path: Path) -> None:
    text = CLASS.format("logits * (logits.detach() < 0.9)")
    write(tmp_path, {"base.py": BASE, "train.py": text})
    assert findings(tmp_path) == []
