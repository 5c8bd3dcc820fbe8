import math

import torch
from torch import nn
import torch.nn.functional as F


class ArcMargin(nn.Module):
    def __init__(self, d=4, n=3, s=16.0, m=0.3):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, d))
        self.s, self.m = s, m

    def forward(self, feats, label):
        cos = F.linear(F.normalize(feats), F.normalize(self.weight))
        sin = torch.sqrt((1 - cos ** 2).clamp(min=1e-6))
        phi = cos * math.cos(self.m) - sin * math.sin(self.m)
        phi = torch.where(cos > math.cos(math.pi - self.m), phi, cos - self.m * math.sin(self.m))
        hot = torch.zeros_like(cos).scatter_(1, label.view(-1, 1).long(), 1.0)
        return F.cross_entropy(self.s * (hot * phi + (1 - hot) * cos), label)
