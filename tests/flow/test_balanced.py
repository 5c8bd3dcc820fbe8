"""Derivatives without graph that are meant: steps of an attack, weights by gradient norms, own gradients."""

from __future__ import annotations

import pytest

from flow.checking import check

_TASKS = """
        class Tasks(nn.Module):
            def __init__(self):
                super().__init__()
                self.trunk, self.heads = nn.Linear(4, 6), nn.ModuleList([nn.Linear(6, 1), nn.Linear(6, 1)])
                self.w = nn.Parameter(torch.ones(2))

            def loss(self, x, ys):
                h = self.trunk(x)
                terms = torch.stack([F.mse_loss(head(h), y) for head, y in zip(self.heads, ys)])
                slopes = []
                for i in range(2):
                    g, = torch.autograd.grad(terms[i], h, retain_graph=True)  {want}
                    slopes.append({size})
                slopes = torch.stack(slopes)
                return (self.w.detach() * terms).sum() + {balance}
"""


@pytest.mark.parametrize("size", ["(self.w[i] * g).norm()", "self.w[i] * g.norm()"])
def test_weights_that_learn_from_the_sizes_of_gradients(size: str) -> None:
    check(_TASKS.format(size=size, balance="(slopes - slopes.mean().detach()).abs().sum()", want=""))


def test_sizes_of_gradients_that_are_a_penalty() -> None:
    check(_TASKS.format(size="g.pow(2).sum()", balance="0.1 * slopes.sum()", want="# want CR118"))


def test_a_penalty_that_a_learned_weight_scales() -> None:
    balance = "(self.w * slopes).sum()"
    check(_TASKS.format(size="g.pow(2).sum()", balance=balance, want="# want CR118"))


_ATTACK = """
        def pgd_kl(model, x, steps):
            clean = F.softmax(model(x), 1).detach()
            adv = x.detach() + 0.001 * torch.randn_like(x)
            for _ in range(steps):
                adv.requires_grad_(True)
                kl = F.kl_div(F.log_softmax(model(adv), 1), clean, reduction="sum")
                grad = torch.autograd.grad(kl, [adv])[0]{want}
                {step}
            return {given}
"""


def test_a_step_of_an_attack() -> None:
    step = "adv = (adv.detach() + 0.01 * torch.sign(grad.detach())).clamp(0.0, 1.0)"
    check(_ATTACK.format(step=step, given="adv.detach()", want=""))


def test_an_attack_that_gives_a_loss() -> None:
    step = "adv = (adv.detach() + 0.01 * torch.sign(grad.detach())).clamp(0.0, 1.0)"
    check(_ATTACK.format(step=step, given="F.mse_loss(model(adv), clean)", want=""))


def test_a_penalty_on_the_slope() -> None:
    check(_ATTACK.format(step="total = grad.pow(2).mean()", given="total", want="  # want CR118"))


_OWN_STEP = """
        def set_gradients(model, losses):
            params = list(model.parameters())
            merged = [torch.autograd.grad(loss, params, retain_graph=True) for loss in losses]
            for i, p in enumerate(params):
                p.grad = torch.stack([each[i] for each in merged]).mean(0)

        def train_step(model, optimizer, x, ys):
            losses = [F.mse_loss(model(x), y) for y in ys]
            {used}
            optimizer.step()
            return [loss.item() for loss in losses]{want}
"""


def test_numbers_of_losses_whose_gradients_were_set() -> None:
    check(_OWN_STEP.format(used="set_gradients(model, losses)", want=""))


def test_numbers_of_losses_that_nobody_trains_by() -> None:
    check(_OWN_STEP.format(used="optimizer.zero_grad()", want="  # want CR105"))


def test_scores_of_an_estimate_that_is_stopped_as_a_whole() -> None:
    check("""
        def evolution_loss(theta, objective, sigma=0.1):
            noise = torch.randn(16, theta.numel())
            scores = [objective((theta + sigma * each).detach()) for each in noise]
            estimate = (torch.tensor(scores)[:, None] * noise).mean(0) / sigma
            return (estimate.detach() * theta).sum()
    """)
