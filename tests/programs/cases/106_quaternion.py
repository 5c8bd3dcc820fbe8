import torch
from torch import nn
import torch.nn.functional as F


class QuatLoss(nn.Module):
    def angle(self, p, q):
        dot = (F.normalize(p, dim=-1) * F.normalize(q, dim=-1)).sum(-1)
        return 2 * torch.arccos(dot.abs().clamp(max=1))

    def forward(self, pred, gt):
        return self.angle(pred, gt).mean()
