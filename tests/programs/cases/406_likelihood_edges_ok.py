"""Hurdle likelihood with two branches that are both finite, in value and in slope, everywhere."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def log1mexp(x):
    """log(1 - exp(-x)) for x > 0, by whichever formula is accurate."""
    x = x.clamp(min=1e-6)
    small = x < math.log(2)
    low = torch.log(-torch.expm1(-torch.where(small, x, torch.ones_like(x))))
    high = torch.log1p(-torch.exp(-torch.where(small, torch.ones_like(x), x)))
    return torch.where(small, low, high)


class HurdleModel(nn.Module):
    """Claims per policy: a gate for none at all, a zero-truncated Poisson for the rest."""

    def __init__(self, n_features=4):
        super().__init__()
        self.gate = nn.Linear(n_features, 1)
        self.rate = nn.Linear(n_features, 1)

    def log_positive(self, rate, claims):
        return claims * rate.log() - rate - torch.lgamma(claims + 1) - log1mexp(rate)

    def nll(self, features, claims):
        gate = self.gate(features).squeeze(-1)
        rate = F.softplus(self.rate(features)).squeeze(-1).clamp(min=1e-4)
        none = F.logsigmoid(gate)
        some = F.logsigmoid(-gate) + self.log_positive(rate, claims.clamp(min=1))
        return -torch.where(claims == 0, none, some).mean()
