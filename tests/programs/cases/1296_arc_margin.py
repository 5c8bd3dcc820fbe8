import math
import torch
import torch.nn.functional as F
from torch import nn


class ArcHead(nn.Module):
    def __init__(self, dim=4, classes=3, s=16.0, m=0.3):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, dim))
        self.s, self.cos_m, self.sin_m = s, math.cos(m), math.sin(m)

    def forward(self, feat, label):
        cosine = F.linear(F.normalize(feat), F.normalize(self.weight))
        sine = torch.sqrt(1.0 - torch.pow(cosine, 2))
        phi = cosine * self.cos_m - sine * self.sin_m
        hot = F.one_hot(label, cosine.size(1)).bool()
        return F.cross_entropy(torch.where(hot, phi, cosine) * self.s, label)
