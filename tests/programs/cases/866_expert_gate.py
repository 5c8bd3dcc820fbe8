import torch
from torch import nn


class GatedExperts(nn.Module):
    def __init__(self, d=4, n=3):
        super().__init__()
        self.router = nn.Linear(d, n)
        self.experts = nn.ModuleList([nn.Linear(d, 1) for _ in range(n)])

    def route(self, x):
        score = self.router(x)
        best = score.max(dim=1, keepdim=True).values
        return torch.eq(score, best).float()

    def forward(self, x):
        outs = torch.cat([e(x) for e in self.experts], dim=1)
        return (self.route(x) * outs).sum(dim=1)

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
