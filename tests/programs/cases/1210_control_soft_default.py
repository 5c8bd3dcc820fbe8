import torch
from torch import nn


class CornDice(nn.Module):
    def __init__(self, threshold=None, smooth=1e-5):
        super().__init__()
        self.threshold = threshold
        self.smooth = smooth

    def forward(self, pred, field):
        pred = torch.sigmoid(pred)
        if self.threshold is not None:
            pred = (pred > self.threshold).float()
        hit = (pred * field).sum()
        return 1 - (2 * hit + self.smooth) / (pred.sum() + field.sum() + self.smooth)
