import torch
from torch import nn
import torch.nn.functional as F


class MatchedBoxes(nn.Module):
    @torch.no_grad()
    def match(self, boxes, gt):
        cost = torch.cdist(boxes, gt, p=1)
        return cost.argmin(dim=0)

    def forward(self, boxes, logits, gt):
        rows = self.match(boxes, gt)
        objectness = torch.zeros(len(boxes))
        objectness[rows] = 1.0
        reg = F.l1_loss(boxes[rows], gt)
        return reg + F.binary_cross_entropy_with_logits(logits, objectness)
