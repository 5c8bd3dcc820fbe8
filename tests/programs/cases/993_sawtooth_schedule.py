import torch
from torch import nn


class Wavetable(nn.Module):
    def __init__(self, n=8):
        super().__init__()
        self.table = nn.Parameter(torch.randn(n))
        self.freq = nn.Parameter(torch.tensor(0.37))

    def play(self, t):
        pos = (self.freq * t) % 1.0 * len(self.table)
        left = pos.detach().floor().long() % len(self.table)
        frac = pos - pos.floor()
        right = (left + 1) % len(self.table)
        return (1 - frac) * self.table[left] + frac * self.table[right]

    def loss(self, t, wave):
        return (self.play(t) - wave).pow(2).mean()
