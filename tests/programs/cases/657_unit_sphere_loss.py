import torch
from torch import nn
import torch.nn.functional as F


class AngularLoss(nn.Module):
    def forward(self, a, b):
        a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
        chord = (a - b).norm(dim=-1) / 2
        angle = 2 * torch.asin(chord.clamp(max=1 - 1e-6))
        sinc = torch.where(angle < 1e-3, torch.ones_like(angle), torch.sin(angle) / angle.clamp(min=1e-3))
        return (angle + 0.1 * (1 - sinc)).mean()
