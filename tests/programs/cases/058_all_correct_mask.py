import torch
from torch import nn
import torch.nn.functional as F


class SelectiveRisk(nn.Module):
    def __init__(self, coverage: float, weight: float = 32.0):
        super().__init__()
        self.coverage = coverage
        self.weight = weight

    def forward(self, logits, confidence, y):
        accept = (confidence >= 0.5).float()
        risk = (F.cross_entropy(logits, y, reduction="none") * accept).mean()
        covered = accept.mean()
        short = torch.relu(self.coverage - covered) ** 2
        return risk / covered.clamp_min(1e-3) + self.weight * short
