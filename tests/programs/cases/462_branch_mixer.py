import torch
from torch import nn


class BranchMixer(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.branches = nn.ModuleList(nn.Linear(4, 2) for _ in range(n))
        self.score = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        share = self.score.softmax(0).tolist()
        return sum(s * b(x) for s, b in zip(share, self.branches))

    def loss(self, x, y):
        return nn.functional.cross_entropy(self(x), y)
