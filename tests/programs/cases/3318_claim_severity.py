import torch
import torch.nn.functional as F
from torch import nn


def xlogy_ratio(y, mu):
    positive = y > 0
    safe = torch.where(positive, y, torch.ones_like(y))
    return torch.where(positive, y * (safe / mu).log(), torch.zeros_like(y))


def compress(x, p=0.7):
    mag = x.abs()
    small = mag < 1e-3
    safe = torch.where(small, torch.ones_like(mag), mag)
    root = torch.where(small, mag / 1e-3 * (1e-3 ** p), safe.pow(p))
    return root * torch.sign(x)


class ClaimModel(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.rate = nn.Linear(n, 1)
        self.spread = nn.Linear(n, 1)

    def forward(self, x, exposure):
        rate = F.softplus(self.rate(x)).squeeze(-1) + 1e-4
        return rate * exposure.clamp(min=1e-3), self.spread(x).squeeze(-1)


def claim_loss(model, x, amount, exposure):
    mu, spread = model(x, exposure)
    deviance = 2 * (xlogy_ratio(amount, mu) - (amount - mu))
    gap = compress(amount - mu.detach() - spread)
    n_claims = (amount > 0).sum().clamp(min=1)
    penalty = gap.square().sum() / n_claims
    print("zero share", (amount == 0).float().mean().item())
    return deviance.mean() + 0.1 * penalty
