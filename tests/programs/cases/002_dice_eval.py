import torch
from torch import nn


class BinaryDice(nn.Module):
    def __init__(self, threshold: float = 0.5, smooth: float = 1.0):
        super().__init__()
        self.threshold = threshold
        self.smooth = smooth

    def forward(self, logits, mask):
        probs = torch.sigmoid(logits)
        pred = (probs > self.threshold).float()
        dims = tuple(range(1, mask.ndim))
        inter = (pred * mask).sum(dims)
        total = pred.sum(dims) + mask.sum(dims)
        dice = (2 * inter + self.smooth) / (total + self.smooth)
        return 1 - dice.mean()
