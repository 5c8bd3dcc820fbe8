import torch
from torch import nn


class CosineWithZero(nn.Module):
    def forward(self, a, b):
        na = a.norm(dim=-1)
        cos = (a * b).sum(-1) / (na * b.norm(dim=-1))
        return 1 - torch.where(na > 0, cos, torch.zeros_like(cos)).mean()
