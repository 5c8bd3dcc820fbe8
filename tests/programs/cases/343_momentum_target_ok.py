import copy

import torch
import torch.nn.functional as F
from torch import nn


class SelfSupervised(nn.Module):
    """Two views; the slow network gives the regression target and follows by averaging."""

    def __init__(self, dim=6, decay=0.99):
        super().__init__()
        self.online = nn.Linear(dim, dim)
        self.predictor = nn.Linear(dim, dim)
        self.slow = copy.deepcopy(self.online).requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def follow(self):
        for ours, theirs in zip(self.slow.parameters(), self.online.parameters()):
            ours.data.mul_(self.decay).add_(theirs.data, alpha=1 - self.decay)

    @torch.no_grad()
    def target(self, view):
        return F.normalize(self.slow(view), dim=-1)

    def one_way(self, view, other):
        guess = F.normalize(self.predictor(self.online(view)), dim=-1)
        return 2 - 2 * (guess * self.target(other)).sum(-1).mean()

    def training_step(self, batch, batch_idx=0):
        self.follow()
        first, second = batch
        return self.one_way(first, second) + self.one_way(second, first)
