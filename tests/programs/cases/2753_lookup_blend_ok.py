import torch
import torch.nn as nn


class Curve(nn.Module):
    def __init__(self, n=8):
        super().__init__()
        self.table = nn.Parameter(torch.rand(n))
        self.stretch = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        at = (x * self.stretch).clamp(0, len(self.table) - 2.001)
        left = at.floor().long()
        part = at - left
        return (1 - part) * self.table[left] + part * self.table[left + 1]

    def loss(self, x, y):
        return (self.forward(x) - y).square().mean()
