import torch
from torch import nn


class DepthBins(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.head = nn.Linear(3, n)
        self.register_buffer("centres", torch.linspace(0.5, 9.5, n))

    def decode(self, feat):
        idx = torch.max(self.head(feat), dim=1)[1]
        return self.centres[idx]

    def loss(self, feat, depth):
        return (self.decode(feat) - depth).abs().mean()
