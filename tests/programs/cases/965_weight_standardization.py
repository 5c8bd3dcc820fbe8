import torch
from torch import nn


class WsConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, bias=False)
        self.gain = 1.5

    def forward(self, x):
        w = self.conv.weight
        w = self.gain * (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True) + 1e-5)
        conv = nn.Conv2d(2, 3, 3, bias=False)
        conv.weight = nn.Parameter(w)
        return conv(x)

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
