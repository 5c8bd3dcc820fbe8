import torch
from torch import nn
import torch.nn.functional as F


class NestedLoss(nn.Module):
    """Deep supervision: every decoder stage is compared with the mask."""

    def __init__(self, weights=(0.5, 0.75, 1.0)):
        super().__init__()
        self.weights = weights

    def bce_dice(self, out, mask):
        bce = F.binary_cross_entropy_with_logits(out, mask)
        prob = torch.sigmoid(out)
        dice = (2 * (prob * mask).sum() + 1) / (prob.sum() + mask.sum() + 1)
        return bce + 1 - dice

    def forward(self, outputs, mask):
        loss = 0
        for weight, out in zip(self.weights, outputs):
            out = F.interpolate(out, size=mask.shape[-2:], mode="bilinear", align_corners=False)
            loss = weight * self.bce_dice(out, mask)
        loss /= len(outputs)
        return loss
