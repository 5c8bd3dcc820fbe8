import torch
from torch import nn
import torch.nn.functional as F


class PitchLoss(nn.Module):
    def forward(self, f0, target, voiced):
        idx = torch.nonzero(voiced).flatten()
        if len(idx) < 1:
            return torch.tensor(0.0)
        cents = 1200 * (torch.log2(f0[idx].clamp(min=1.0)) - torch.log2(target[idx]))
        return F.smooth_l1_loss(cents, torch.zeros_like(cents))
