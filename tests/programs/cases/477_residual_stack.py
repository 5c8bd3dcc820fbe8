import torch
from torch import nn


class ResidualStack(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(2, 2, 3, padding=1) for _ in range(2))
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        out = x
        for conv in self.convs:
            h = self.act(conv(out))
            h = h + out
            out = h.mul_(0.5)
        return out

    def loss(self, x, y):
        return (self(x) - y).abs_().mean()
