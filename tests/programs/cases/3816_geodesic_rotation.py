import math

import torch
from torch import nn


def about_z(angle):
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


class GeodesicLoss(nn.Module):
    """mean rotation angle between predicted and true orientation, in degrees if asked"""

    def __init__(self, degrees: bool = False):
        super().__init__()
        self.scale = 180.0 / math.pi if degrees else 1.0

    def angle(self, R_pred, R_true):
        rel = R_pred.transpose(-1, -2) @ R_true
        trace = rel.diagonal(dim1=-2, dim2=-1).sum(-1)
        cos = torch.clamp((trace - 1) / 2, -1.0, 1.0)
        return torch.acos(cos)

    def forward(self, R_pred, R_true):
        return self.scale * self.angle(R_pred, R_true).mean()
