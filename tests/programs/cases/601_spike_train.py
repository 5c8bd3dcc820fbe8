import torch
from torch import nn


class SpikeNet(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.w = nn.Parameter(torch.randn(n, 3))
        self.threshold = 0.4

    def forward(self, x):
        potential = torch.zeros(self.w.shape[0])
        out = []
        for step in x:
            potential = 0.8 * potential + self.w @ step
            fired = (potential > self.threshold).float()
            potential = potential * (1 - fired)
            out.append(fired)
        return torch.stack(out)

    def loss(self, x, rate):
        return (self(x).mean(0) - rate).square().sum()
