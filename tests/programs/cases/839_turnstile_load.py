import torch
from torch import nn


class LoadTracker(nn.Module):
    def __init__(self, gates=3):
        super().__init__()
        self.inflow = nn.Linear(gates, gates)
        self.platform = torch.zeros(gates)

    def forward(self, swipes):
        arriving = torch.tanh(self.inflow(swipes))
        self.platform = 0.9 * self.platform + 0.1 * arriving.mean(0)
        return self.platform

    def loss(self, swipes, counted):
        return (self(swipes) - counted).pow(2).sum()
