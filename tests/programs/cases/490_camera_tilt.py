import torch
from torch import nn
import torch.nn.functional as F


class TiltLoss(nn.Module):
    def forward(self, pred, up):
        p = F.normalize(pred, dim=-1)
        cos = (p * up).sum(-1).clamp(-1.0, 1.0)
        return torch.arccos(cos).mean()
