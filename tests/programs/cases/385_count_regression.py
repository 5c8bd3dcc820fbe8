"""Stars per cell of a raw 16-bit exposure, under a Poisson likelihood."""

import torch
import torch.nn.functional as F
from torch import nn


class PoissonLikelihood(nn.Module):
    def __init__(self, full=False):
        super().__init__()
        self.full = full

    def forward(self, rate, count):
        nll = rate - count * rate.log()
        if self.full:
            nll = nll + torch.lgamma(count + 1)
        return nll.mean()


class SourceCounter(nn.Module):
    """rate = (is there anything?) * (how many, if so)"""

    def __init__(self, channels=1, width=4, cell=2):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), nn.Tanh(), nn.AvgPool2d(cell))
        self.presence = nn.Conv2d(width, 1, 1)
        self.amount = nn.Conv2d(width, 1, 1)
        self.sharpness = nn.Parameter(torch.tensor(4000.0))
        self.criterion = PoissonLikelihood(full=True)

    def rate(self, exposure):
        h = self.stem(exposure)
        there = torch.sigmoid(self.sharpness * self.presence(h))
        return (there * F.softplus(self.amount(h))).squeeze(1)

    def loss(self, exposure, count):
        return self.criterion(self.rate(exposure), count)
