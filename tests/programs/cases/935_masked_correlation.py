import torch
from torch import nn


class IcLoss(nn.Module):
    """Negative information coefficient per day; a flat signal has no correlation."""

    def forward(self, signal, ret):
        s = signal - signal.mean(dim=1, keepdim=True)
        r = ret - ret.mean(dim=1, keepdim=True)
        cov = (s * r).sum(dim=1)
        power = (s * s).sum(dim=1) * (r * r).sum(dim=1)
        ic = cov / power.sqrt()
        return -torch.nan_to_num(ic).mean()
