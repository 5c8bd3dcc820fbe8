import torch
from torch import nn


class HyperNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 3)
        self.target = nn.Linear(3, 1)

    def forward(self, z, x):
        w = self.gen(z).unsqueeze(0)
        self.target.weight.data = w
        return self.target(x)

    def loss(self, z, x, y):
        return ((self(z, x) - y) ** 2).mean()
