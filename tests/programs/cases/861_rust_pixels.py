import torch
from torch import nn
import torch.nn.functional as F


class HardPixelLoss(nn.Module):
    def __init__(self, keep=0.25, floor=4):
        super().__init__()
        self.keep, self.floor = keep, floor

    def forward(self, logits, rust):
        each = F.binary_cross_entropy_with_logits(logits, rust, reduction="none").flatten(1)
        k = max(self.floor, int(self.keep * each.shape[1]))
        hard = each.detach().argsort(dim=1, descending=True)[:, :k]
        weight = torch.ones_like(each).scatter_(1, hard, 3.0)
        weight = weight * (rust.flatten(1) >= 0)
        return (weight * each).sum() / weight.sum()
