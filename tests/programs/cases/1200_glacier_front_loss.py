import torch
from torch import nn


class FrontLoss(nn.Module):
    """Dice between the predicted ice mask and the mapped one."""

    def __init__(self, binarize=True, cutoff=0.5, smooth=1.0):
        super().__init__()
        self.binarize = binarize
        self.cutoff = cutoff
        self.smooth = smooth

    def prepare(self, ice):
        ice = ice.sigmoid()
        if self.binarize:
            ice = (ice >= self.cutoff).float()
        return ice.flatten(1)

    def forward(self, ice, mapped):
        ice, mapped = self.prepare(ice), mapped.flatten(1)
        both = (ice * mapped).sum(1)
        return (1 - (2 * both + self.smooth) / (ice.sum(1) + mapped.sum(1) + self.smooth)).mean()
