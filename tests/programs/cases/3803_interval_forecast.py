import torch
from torch import nn


class IntervalForecaster(nn.Module):
    """quality-driven interval loss: narrow where it covers, and cover enough"""

    def __init__(self, n_in=4, alpha=0.05, lam=15.0):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 8), nn.Tanh())
        self.low = nn.Linear(8, 1)
        self.high = nn.Linear(8, 1)
        self.alpha = alpha
        self.lam = lam

    def bounds(self, x):
        h = self.body(x)
        lo = self.low(h).squeeze(-1)
        hi = lo + nn.functional.softplus(self.high(h).squeeze(-1))
        return lo, hi

    def qd_loss(self, x, y):
        lo, hi = self.bounds(x)
        above = (y >= lo).float()
        below = (y <= hi).float()
        coverage = (above * below).mean()
        width = (hi - lo).mean()
        shortfall = torch.relu(1 - self.alpha - coverage)
        return width + self.lam * shortfall ** 2
