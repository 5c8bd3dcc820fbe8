import torch
from torch import nn


class MaskedConv(nn.Module):
    def __init__(self, c=2, k=3):
        super().__init__()
        self.conv = nn.Conv2d(c, c, k, padding=1)
        mask = torch.ones(k, k)
        mask[k // 2, k // 2:] = 0
        mask[k // 2 + 1:] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        self.conv.weight = nn.Parameter(self.conv.weight * self.mask)
        return self.conv(x)

    def loss(self, x):
        return (self(x) - x).pow(2).mean()
