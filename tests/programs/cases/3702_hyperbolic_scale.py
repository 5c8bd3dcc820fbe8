import torch
from torch import nn
import torch.nn.functional as F


class HypHead(nn.Module):
    def __init__(self, dim=4, out=3, init_size=1e-3, max_scale=1.0 - 1e-3):
        super().__init__()
        self.proj = nn.Linear(dim, out)
        self.scale = nn.Parameter(torch.Tensor([init_size]), requires_grad=True)
        self.max_scale = max_scale

    def normalised(self, z):
        low = 1e-2
        return F.normalize(z, p=2, dim=1) * self.scale.clamp_min(low).clamp_max(self.max_scale)

    def forward(self, features, ideal):
        return (self.normalised(self.proj(features)) - ideal).pow(2).mean()
