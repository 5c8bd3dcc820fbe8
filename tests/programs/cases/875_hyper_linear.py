import torch
from torch import nn


class HyperNet(nn.Module):
    def __init__(self, n_ctx=3, d=4):
        super().__init__()
        self.gen = nn.Linear(n_ctx, d * 2)
        self.main = nn.Linear(d, 2, bias=False)

    def forward(self, ctx, x):
        w = self.gen(ctx).view(2, -1)
        self.main.weight.data = w
        return self.main(x)

    def loss(self, ctx, x, y):
        return (self(ctx, x) - y).abs().mean()
