"""A module that carries a state trains over several steps once its graph is no longer kept."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from chainrule import analyze
from chainrule.edits import apply

MODULE = """import torch
from torch import nn


class Stepper(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 3)
        self.state = {start}

    def forward(self, x):
        {body}


model = Stepper()
for x in torch.ones(3, 2, 3):
    model.zero_grad()
    loss = model(x)
    loss.backward()
"""
END = "\n        return self.state.pow(2).mean()"
BODIES = {
    "read and stored": ("self.state = self.cell(x, self.state)", "self.cell(x, {old})"),
    "another name": ("old = self.state\n        self.state = self.cell(x, old)", "old = {old}"),
    "stored once done": ("h = self.cell(x, self.state)\n        self.state = h", "self.cell(x, {old})"),
    "in a loop": (
        "for row in x.split(2):\n            self.state = self.cell(row, self.state)",
        "        self.state = {old}\n        for row",
    ),
}


@pytest.mark.parametrize("start", ["None", "torch.zeros(2, 3)"])
@pytest.mark.parametrize("kind", BODIES)
def test_the_fixed_module_trains(kind: str, start: str) -> None:
    body, wanted = BODIES[kind]
    text = MODULE.format(start=start, body=body + END)
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        exec(compile(text, "<module>", "exec"), {})
    (fix,) = (fix for finding in analyze(text).findings for fix in finding.fixes)
    assert fix.title == "Keep the value without its graph"
    fixed = apply(text, fix.edits)
    old = "None if self.state is None else self.state.detach()" if start == "None" else "self.state.detach()"
    assert wanted.format(old=old) in fixed
    space: dict[str, Any] = {}
    exec(compile(fixed, "<module>", "exec"), space)
    assert all(bool((weight.grad != 0).any()) for weight in space["model"].parameters())
    assert not analyze(fixed).findings


def test_a_value_that_no_loss_reads_is_detached_where_it_is_stored() -> None:
    body = "h = self.cell(x, self.state)\n        self.state = h\n        return h.pow(2).mean()"
    text = MODULE.format(start="None", body=body)
    (fix,) = (fix for finding in analyze(text).findings for fix in finding.fixes)
    fixed = apply(text, fix.edits)
    assert "self.state = h.detach()" in fixed
    torch.manual_seed(0)
    exec(compile(fixed, "<module>", "exec"), {})
