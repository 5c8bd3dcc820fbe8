"""Weights are Gaussian; a fresh set of them is drawn on every forward pass."""

import torch
import torch.nn.functional as F
from torch import nn


class GaussianLinear(nn.Module):
    def __init__(self, n_in, n_out, start=-2.0):
        super().__init__()
        self.mean = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
        self.rho = nn.Parameter(torch.full((n_out, n_in), start))

    @property
    def spread(self):
        return F.softplus(self.rho)

    def draw(self):
        return torch.normal(self.mean, self.spread)

    def forward(self, x):
        return F.linear(x, self.draw() if self.training else self.mean)


class BayesianRegressor(nn.Module):
    def __init__(self, n_in=3, width=6):
        super().__init__()
        self.hidden = GaussianLinear(n_in, width)
        self.out = nn.Linear(width, 1)
        self.log_noise = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x))).squeeze(-1)

    def expected_nll(self, x, y, draws=3):
        noise = self.log_noise.exp()
        gaps = torch.stack([self(x) - y for _ in range(draws)])
        return (0.5 * (gaps / noise).square() + self.log_noise).mean()
