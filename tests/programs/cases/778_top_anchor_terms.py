import torch
from torch import nn
import torch.nn.functional as F


class TwoStageLoss(nn.Module):
    def __init__(self, weight=2.0):
        super().__init__()
        self.weight = weight

    def box_loss(self, box, gt, positive):
        n = int(positive.sum())
        if n == 0:
            return box.sum() * 0
        return F.l1_loss(box[positive], gt[positive], reduction="sum") / n

    def forward(self, obj, box, gt, positive):
        cls = F.binary_cross_entropy_with_logits(obj, positive.float())
        return cls + self.weight * self.box_loss(box, gt, positive)
