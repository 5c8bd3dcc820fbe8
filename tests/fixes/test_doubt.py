"""Cuts that may be meant: their repairs are no safe ones, or not offered."""

from __future__ import annotations

import pytest

from chainrule.analysis import analyze
from chainrule.findings import Applicability, Fix

HEADER = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"


def fixes(code: str) -> list[Fix]:
    found = analyze(HEADER + code).findings
    return [fix for each in found if not each.code.startswith("CR7") for fix in each.fixes]


def safe(code: str) -> list[str]:
    return [fix.title for fix in fixes(code) if fix.edits and fix.applicability is Applicability.SAFE]


@pytest.mark.parametrize(
    "entropy",
    [
        "F.nll_loss(logp, target, reduction='none').data",
        "F.nll_loss(logp.detach(), target, reduction='none')",
    ],
)
def test_the_weight_of_a_focal_loss(entropy: str) -> None:
    code = f"""\
def focal_loss(logits, target, gamma=2.0):
    logp = F.log_softmax(logits, dim=1)
    ce = {entropy}
    pt = logp.detach().exp().gather(1, target.unsqueeze(1)).squeeze(1)
    return ((1 - pt) ** gamma * ce).mean()
"""
    changed = [fix for fix in fixes(code) if any("logp.detach().exp" in edit.text for edit in fix.edits)]
    assert not changed
    assert all(fix.applicability is not Applicability.SAFE for fix in fixes(code) if fix.edits)


def test_a_ratio_of_losses_that_balances_them() -> None:
    code = """\
def balanced_loss(pred, other, target):
    a, b = F.mse_loss(pred, target), F.l1_loss(other, target)
    with torch.no_grad():
        ratio = a / b
    return a.detach() + ratio * b.item()
"""
    assert not safe(code)


def test_a_straight_through_estimate_keeps_its_stop() -> None:
    code = """\
def choose(p):
    hard = F.one_hot(p.argmax(-1), p.size(-1)).float()
    return hard + p - p.detach()


def gate_loss(scores, values, target):
    mask = choose(scores.softmax(-1)).detach()
    return F.mse_loss((mask * values).sum(-1), target)
"""
    assert not any(
        "soft - soft" in edit.text or "p - p" in edit.text for f in fixes(code) for edit in f.edits
    )


def test_a_stop_beside_the_one_in_the_way() -> None:
    code = """\
def critic_loss(critic, states, returns):
    values = critic(states).squeeze(-1)
    targets = returns + 0.9 * values[-1].detach()
    return F.mse_loss(values[:-1].detach(), targets[:-1])
"""
    assert not any(".9 * values[-1]" in edit.text for fix in fixes(code) for edit in fix.edits) or not safe(
        code
    )


def test_no_retain_grad_before_a_loop_of_backward_passes() -> None:
    code = """\
hours = torch.linspace(0, 3, 12)
rates = torch.rand(3, requires_grad=True) * 0.5
for _ in range(3):
    loss = (rates.sum() * hours).square().mean()
    loss.backward()
    with torch.no_grad():
        rates -= 0.1 * rates.grad
"""
    titles = [fix.title for fix in fixes(code)]
    assert titles and not any("retain_grad" in title for title in titles)


BEHIND_ANOTHER = """\
def critic_loss(critic, generator, real, noise):
    fake = generator(noise).detach()
    return (critic(fake).mean() - critic(real).mean()).item()
"""
IN_TWO_TERMS = """\
class Cascade(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(5, 4), nn.Linear(9, 4)

    def loss(self, x, boxes):
        coarse = self.first(x)
        refined = coarse.detach() + self.second(torch.cat([x, coarse.detach()], dim=1))
        return F.l1_loss(coarse.detach().cpu(), boxes) + F.l1_loss(refined, boxes)
"""
WHOLLY_WITHOUT_GRAPH = """\
class Advantage(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy, self.value = nn.Linear(4, 3), nn.Linear(4, 1)

    @torch.no_grad()
    def returns(self, obs, reward):
        return reward + 0.9 * self.value(obs).squeeze(-1)

    def loss(self, obs, action, reward):
        wanted = self.returns(obs, reward)
        logp = F.log_softmax(self.policy(obs), dim=-1).gather(1, action[:, None]).squeeze(1)
        fit = torch.from_numpy((self.value(obs).squeeze(-1) - wanted).square().mean().detach().numpy())
        return fit - (logp * wanted).mean()
"""


@pytest.mark.parametrize("code", [IN_TWO_TERMS, WHOLLY_WITHOUT_GRAPH, BEHIND_ANOTHER])
def test_of_two_stops_on_different_lines_each_may_be_the_meant_one(code: str) -> None:
    first = code.index(".detach()") if "@torch" not in code else code.index("@torch")
    line = (HEADER + code)[: first + len(HEADER)].count("\n") + 1
    assert [fix for fix in fixes(code) if fix.edits]
    meant = [f for f in fixes(code) if any(edit.range.start.line == line for edit in f.edits)]
    assert all(fix.applicability is not Applicability.SAFE for fix in meant)
