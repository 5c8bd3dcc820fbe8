import torch
from torch import nn


class RowCoverage(nn.Module):
    def __init__(self, level=0.4):
        super().__init__()
        self.level = level

    def covered(self, canopy):
        leafy = torch.zeros_like(canopy)
        leafy[canopy > self.level] = 1.0
        return leafy.mean(dim=-1)

    def forward(self, canopy, surveyed):
        gap = self.covered(canopy) - surveyed
        return torch.sqrt(gap.pow(2).mean() + 1e-8)
