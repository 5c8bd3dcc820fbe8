import torch
from torch import nn
import torch.nn.functional as F


class EdgeCascade(nn.Module):
    """Every level corrects the sum of the levels before it."""

    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList(nn.Conv2d(1, 1, k, padding=k // 2) for k in (1, 3, 5))

    def forward(self, image):
        single = [stage(image) for stage in self.stages]
        fixed = [s.detach() for s in single]
        return [s + sum(fixed[:k]) for k, s in enumerate(single)]

    def loss(self, image, edge):
        positive = edge.sum()
        balance = (edge.numel() - positive) / positive.clamp(min=1)
        outs = self(image)
        return sum(F.binary_cross_entropy_with_logits(o, edge, pos_weight=balance) for o in outs)
