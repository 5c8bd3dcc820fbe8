import torch
from torch import nn


class GeoMeanLoss(nn.Module):
    def forward(self, scores, present):
        logs = scores.clamp(min=0).log() * present
        logs[present == 0] = 0.0
        gm = (logs.sum(-1) / present.sum(-1)).exp()
        return 1 - gm.mean()
