import torch
from torch import nn


class GatedUnit(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.a = nn.Linear(d, d)
        self.b = nn.Linear(d, d)

    def forward(self, x):
        h = torch.tanh(self.a(x))
        gate = torch.sigmoid(self.b(x))
        h.mul_(gate)
        return h

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
