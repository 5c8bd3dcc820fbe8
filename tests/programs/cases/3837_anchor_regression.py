import torch
from torch import nn
import torch.nn.functional as F


class AnchorLoss(nn.Module):
    def __init__(self, alpha=0.25, gamma=2.0):
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def focal(self, logits, positive):
        t = positive.to(logits.dtype)
        p = torch.sigmoid(logits)
        ce = F.binary_cross_entropy_with_logits(logits, t, reduction="none")
        pt = p * t + (1 - p) * (1 - t)
        at = self.alpha * t + (1 - self.alpha) * (1 - t)
        return (at * (1 - pt) ** self.gamma * ce).sum()

    def forward(self, cls, reg, iou, offsets):
        positive = iou >= 0.5
        n = max(1, int(positive.sum()))
        if positive.any():
            box = F.smooth_l1_loss(reg[positive], offsets[positive], reduction="sum")
        else:
            box = reg.sum() * 0.0
        return (self.focal(cls, positive) + box) / n
