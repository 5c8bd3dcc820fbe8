import torch
from torch import nn


class PositionTable(nn.Module):
    def __init__(self, n=8, d=4):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(n, d))

    def loss(self, x, y):
        self.table[: x.size(1)].add_(0.01 * x.mean(0))
        return (x + self.table[: x.size(1)] - y).abs().mean()
