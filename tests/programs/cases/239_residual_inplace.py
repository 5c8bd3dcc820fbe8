import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.a = nn.Linear(d, d)

    def forward(self, x):
        h = self.a(x)
        h += x
        h *= 0.5
        out = torch.empty_like(h)
        out[:, 0] = h[:, 0]
        out[:, 1:] = 0.5 * (h[:, 1:] + h[:, :-1])
        return out.clone().masked_fill_(x > 3, 0.0)

    def loss(self, x, y):
        return (self(x) - y).square_().mean()
