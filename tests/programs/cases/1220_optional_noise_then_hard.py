import torch
from torch import nn


class SpikeLayer(nn.Module):
    """Leaky integrate and fire."""

    def __init__(self, n_in=6, n_out=4, decay=0.8, surrogate=None):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out) * 0.5)
        self.decay = decay
        self.surrogate = surrogate

    def fire(self, v):
        if self.surrogate is None:
            return (v > 1.0).to(v.dtype)
        return self.surrogate(v - 1.0)

    def forward(self, x):
        v, rate = 0.0, 0.0
        for frame in x:
            v = self.decay * v + frame @ self.weight
            s = self.fire(v)
            v = v - s
            rate = rate + s
        return rate / len(x)

    def loss(self, x, wanted):
        return (self(x) - wanted).square().mean()
