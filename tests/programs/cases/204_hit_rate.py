import torch
from torch import nn


class HitAtK(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, q, d):
        sims = q @ d.mT
        gold = sims.diagonal().unsqueeze(1)
        better = (sims > gold).sum(dim=1)
        return torch.relu(better - self.k + 1.0).mean()
