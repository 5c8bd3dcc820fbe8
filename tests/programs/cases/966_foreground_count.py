import torch
from torch import nn


class CountLoss(nn.Module):
    def __init__(self, level=0.5):
        super().__init__()
        self.level = level

    def heads(self, m):
        return torch.stack([torch.nonzero(c > self.level).size(0) * torch.ones(()) for c in m])

    def forward(self, density, n):
        per_image = self.heads(density)
        return torch.abs(per_image - n).mean() / density.shape[0]
