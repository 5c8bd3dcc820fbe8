import torch
from torch import nn


class BinLoss(nn.Module):
    def __init__(self, strategy="hist", bins=5):
        super().__init__()
        self.strategy = strategy
        self.bins = bins

    def _soft(self, v):
        centres = torch.linspace(0, 1, self.bins)
        return torch.exp(-((v[:, None] - centres) ** 2) / 0.02).sum(0)

    def _hist(self, v):
        return torch.histc(v, bins=self.bins, min=0.0, max=1.0)

    def forward(self, values, wanted):
        counts = getattr(self, f"_{self.strategy}")(values)
        share = counts / counts.sum()
        return (share - wanted).abs().sum()
