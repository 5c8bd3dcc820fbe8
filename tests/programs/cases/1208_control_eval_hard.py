import torch
from torch import nn


class Counter(nn.Module):
    """Counts rounded in evaluation only."""

    def __init__(self, round_counts=True):
        super().__init__()
        self.net = nn.Linear(4, 1)
        self.round_counts = round_counts

    def forward(self, x):
        n = torch.nn.functional.softplus(self.net(x)).squeeze(-1)
        if self.round_counts and not self.training:
            n = n.round()
        return n

    def loss(self, x, counted):
        return (self(x) - counted).abs().mean()
