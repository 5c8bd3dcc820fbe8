import torch
from torch import nn


class PatchLoss(nn.Module):
    def __init__(self, normalise=True):
        super().__init__()
        self.normalise = normalise

    def forward(self, pred, patches, mask=None):
        target = patches
        if self.normalise:
            mean, var = target.mean(-1, keepdim=True), target.var(-1, keepdim=True)
            target = (target - mean) / (var + 1e-6).sqrt()
        err = (pred - target).pow(2).mean(-1)
        if mask is None:
            return err.mean()
        return (err * mask).sum() / max(mask.sum().item(), 1.0)
