import torch
from torch import nn
import torch.nn.functional as F


class ArcMargin(nn.Module):
    def __init__(self, s=16.0, m=0.3):
        super().__init__()
        self.s, self.m = s, m

    def forward(self, cos, label):
        hot = torch.zeros_like(cos).scatter_(1, label.view(-1, 1).long(), 1.0)
        logits = self.s * (cos - self.m * hot)
        rank = logits.argsort(dim=1, descending=True)
        self.correct = (rank[:, 0] == label).sum().item()
        return F.cross_entropy(logits, label)
