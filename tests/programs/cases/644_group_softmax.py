import torch
from torch import nn
import torch.nn.functional as F


class ShareLoss(nn.Module):
    def forward(self, spend, target, available):
        s = F.softplus(spend) * available
        share = s / s.sum(dim=-1, keepdim=True)
        loss = (share - target).abs().sum(-1)
        ok = available.any(dim=-1)
        return loss[ok].mean()
