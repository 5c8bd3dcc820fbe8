"""Grids that begin at 0, by which a loss takes a derivative: roots and powers have an infinite one there."""

from __future__ import annotations

import pytest

from flow.checking import check

RESIDUAL = """
    class Relaxation(nn.Module):
        def __init__(self, alpha=0.5):
            super().__init__()
            self.alpha = alpha
            self.net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))

        def loss(self):
            t = torch.linspace({start}, 1.0, 9).view(-1, 1).requires_grad_(True)
            s = torch.linspace(0.0, 1.0, 9).view(-1, 1)
            y = 1.0 + {trial} * self.net(t){want}
            slope = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=True)[0]
            return (slope + y).square().mean()
"""
WANT = '  # want CR301 "the gradient of `t` can become NaN or inf"'


@pytest.mark.parametrize("trial", ["t ** self.alpha", "t ** 0.5", "torch.sqrt(t)", "(2 * t).sqrt()"])
def test_an_infinite_slope_at_the_first_point(trial: str) -> None:
    check(RESIDUAL.format(start="0.0", trial=trial, want=WANT))


@pytest.mark.parametrize(
    ("start", "trial"),
    [
        ("0.0", "t"),
        ("0.0", "t ** 2"),
        ("0.0", "torch.sqrt(t + 1e-6)"),
        ("1e-3", "t ** 0.5"),
        ("0.0", "torch.sqrt(s)"),
        ("0.0", "torch.sqrt(t.detach())"),
    ],
)
def test_slopes_that_are_finite(start: str, trial: str) -> None:
    check(RESIDUAL.format(start=start, trial=trial, want=""))
