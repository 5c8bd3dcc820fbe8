import torch
from torch import nn


class SurvivorLoss(nn.Module):
    def __init__(self, keep=0.5):
        super().__init__()
        self.keep = keep

    def precision(self, kept, hit):
        return (kept * hit).sum() / kept.sum().clamp(min=1)

    def forward(self, scores, hit):
        kept = scores.ge(self.keep).double()
        recall = (kept * hit).sum() / hit.sum()
        p = self.precision(kept, hit)
        return 1 - 2 * p * recall / (p + recall + 1e-8)
