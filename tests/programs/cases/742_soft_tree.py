import torch
from torch import nn


class SoftTree(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.split = nn.Linear(d, 3)
        self.leaves = nn.Parameter(torch.rand(4))

    def loss(self, x, y):
        self.leaves.sub_(self.leaves.mean())
        g = torch.sigmoid(self.split(x))
        p = torch.stack([g[:, 0] * g[:, 1], g[:, 0] * (1 - g[:, 1]), (1 - g[:, 0]) * g[:, 2], (1 - g[:, 0]) * (1 - g[:, 2])], 1)
        return (p @ self.leaves - y).pow(2).mean()
