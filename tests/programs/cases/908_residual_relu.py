import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, c=2):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, padding=1)
        self.conv2 = nn.Conv2d(c, c, 3, padding=1)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        h = self.act(self.conv1(x))
        h = self.conv2(h)
        h += x
        return self.act(h)

    def loss(self, x, y):
        return (self(x) - y).abs().mean()
