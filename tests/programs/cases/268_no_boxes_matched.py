import torch
import torch.nn.functional as F
from torch import nn


class DetectionHead(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.offsets = nn.Linear(channels, 4)

    def assign(self, anchors, truth):
        gap = torch.cdist(anchors, truth)
        return (gap < 0.5).nonzero(as_tuple=True)

    def regression_term(self, features, anchors, truth):
        moved = anchors + self.offsets(features)
        if truth.numel() == 0:
            return moved.new_zeros((), requires_grad=True)
        rows, cols = self.assign(anchors, truth)
        return F.smooth_l1_loss(moved[rows], truth[cols], beta=0.1)
