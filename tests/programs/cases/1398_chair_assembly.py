import torch
from torch import nn


class AssemblyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.pose = nn.Linear(6, 3)
        self.weights = {"trans_loss": 1.0, "overlap_loss": 0.2}

    def overlap_loss(self, trans, sizes):
        per_chair = torch.zeros(len(trans))
        for i, (moved, size) in enumerate(zip(trans, sizes)):
            gap = torch.relu(size - moved.norm())
            per_chair[i] = gap.item()
        return per_chair

    def calc_loss(self, parts, trans_gt, sizes):
        trans = self.pose(parts)
        losses = {
            "trans_loss": (trans - trans_gt).pow(2).sum(-1),
            "overlap_loss": self.overlap_loss(trans, sizes),
        }
        return sum(self.weights[key] * value.mean() for key, value in losses.items())
