import torch
from torch import nn


class StageLoss(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.n = n

    def kappa_terms(self, a, b):
        return ((a - b) / (self.n - 1)).pow(2)

    def forward(self, score, stage):
        staged = torch.trunc(score.clamp(0, self.n - 1) + 0.5)
        chance = self.kappa_terms(staged.unsqueeze(0), stage.unsqueeze(1)).mean()
        return self.kappa_terms(staged, stage).mean() / (chance + 1e-6)
