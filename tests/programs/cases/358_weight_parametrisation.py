"""Quantisation-aware training through a parametrisation of the weights."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize


class FakeQuantise(nn.Module):
    """Symmetric, per output channel, to a signed grid of `bits` bits."""

    def __init__(self, bits=4):
        super().__init__()
        self.levels = 2 ** (bits - 1) - 1

    def step_size(self, weight):
        return (weight.detach().abs().amax(dim=1, keepdim=True) / self.levels).clamp(min=1e-8)

    def forward(self, weight):
        step = self.step_size(weight)
        return (weight / step).round().clamp(-self.levels, self.levels) * step


class QuantisedNet(nn.Module):
    def __init__(self, n_in=6, hidden=8, classes=3):
        super().__init__()
        self.first = nn.Linear(n_in, hidden)
        self.second = nn.Linear(hidden, classes)
        for layer in (self.first, self.second):
            parametrize.register_parametrization(layer, "weight", FakeQuantise())

    def forward(self, x):
        return self.second(F.relu(self.first(x)))

    def loss(self, x, y):
        return F.cross_entropy(self(x), y)
