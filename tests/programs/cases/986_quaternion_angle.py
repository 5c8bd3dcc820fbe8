import torch
from torch import nn
import torch.nn.functional as F


class QuaternionLoss(nn.Module):
    """Rotation angle between predicted and true orientation."""

    def forward(self, q, q_true):
        q = F.normalize(q, dim=-1)
        dot = (q * q_true).sum(-1).abs()
        dot = torch.min(dot, torch.ones_like(dot))
        return (2 * torch.acos(dot)).mean()
