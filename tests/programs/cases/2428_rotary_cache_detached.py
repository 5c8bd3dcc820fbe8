import torch
from torch import nn


class Rotary(nn.Module):
    def __init__(self, dim=4, theta=10000):
        super().__init__()
        freqs = 1.0 / (theta ** (torch.arange(0, dim, 2).float() / dim))
        self.register_buffer("freqs", freqs)
        self.cached_freqs = None
        self.to_q = nn.Linear(dim, dim, bias=False)

    def angles(self, n):
        if self.cached_freqs is None or n > self.cached_freqs.shape[0]:
            f = torch.outer(torch.arange(n).float(), self.freqs)
            self.cached_freqs = f.repeat_interleave(2, dim=-1).detach()
        return self.cached_freqs[:n]

    def loss(self, x, y):
        f = self.angles(x.shape[1])
        q = self.to_q(x)
        q = q * f.cos() + q.roll(1, dims=-1) * f.sin()
        return (q - y).pow(2).mean()
