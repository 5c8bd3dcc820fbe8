import torch
from torch import nn


class CoverageGap(nn.Module):
    def __init__(self, level=0.9):
        super().__init__()
        self.level = level

    def inside(self, lower, upper, y):
        return (y >= lower) & (y <= upper)

    def forward(self, lower, upper, y):
        cover = self.inside(lower, upper, y).double().mean()
        return (cover - self.level).abs()
