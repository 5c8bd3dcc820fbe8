import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = nn.Parameter(torch.rand(3))

    def forward(self, x):
        w = self.k.softmax(0)
        y = x * w[1]
        y[:, 1:] += w[0] * x[:, :-1]
        y[:, :-1] += w[2] * x[:, 1:]
        g = torch.sigmoid(y)
        g[:, 0] = 0.5
        return g

    def loss(self, x, y):
        return (self(x) - y).abs().mean()
