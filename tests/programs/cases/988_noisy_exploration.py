import torch
from torch import nn


class NoisyPolicy(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.mu = nn.Linear(d, 1)
        self.log_std = nn.Parameter(torch.tensor(-1.0))

    def forward(self, s):
        m = self.mu(s)
        return torch.normal(m, self.log_std.exp().expand_as(m))

    def loss(self, s, best):
        return torch.mean(torch.abs(torch.tanh(self(s)) - best))
