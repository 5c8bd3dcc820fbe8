import torch
from torch import nn


class RainLoss(nn.Module):
    """Gamma likelihood on wet days, nothing on dry ones."""

    def forward(self, shape, rate, rain):
        wet = rain > 0
        logp = shape * rate.log() - torch.lgamma(shape) + (shape - 1) * rain.log() - rate * rain
        return -torch.where(wet, logp, 0.0).sum() / wet.sum()
