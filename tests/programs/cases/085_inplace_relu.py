import torch
from torch import nn


class ResBlock(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.a = nn.Linear(d, d)
        self.b = nn.Linear(d, d)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        h = self.act(self.a(x))
        out = self.b(h)
        out += x
        return self.act(out)

    def loss(self, x, y):
        err = self(x) - y
        err.abs_()
        return err.mean()
