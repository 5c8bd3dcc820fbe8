import torch
from torch import nn


class PackingPenalty(nn.Module):
    def overlapping(self, boxes):
        lo = torch.maximum(boxes[:, None, :2], boxes[None, :, :2])
        hi = torch.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
        return (hi > lo).all(-1)

    def forward(self, boxes):
        pairs = self.overlapping(boxes).triu(1)
        return pairs.sum() / len(boxes)
