import math

import torch
from torch import nn
import torch.nn.functional as F


class ArcFace(nn.Module):
    def __init__(self, d=3, classes=3, s=8.0, m=0.5):
        super().__init__()
        self.weight = nn.Parameter(torch.eye(classes, d))
        self.s, self.cos_m, self.sin_m = s, math.cos(m), math.sin(m)

    def forward(self, emb, label):
        cosine = F.linear(F.normalize(emb), F.normalize(self.weight)).clamp(-1, 1)
        sine = torch.sqrt(1.0 - cosine ** 2)
        phi = cosine * self.cos_m - sine * self.sin_m
        hot = F.one_hot(label, cosine.shape[1]).bool()
        return F.cross_entropy(self.s * torch.where(hot, phi, cosine), label)
