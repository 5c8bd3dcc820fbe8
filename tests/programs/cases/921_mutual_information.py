import torch
from torch import nn


class MutualInfo(nn.Module):
    def __init__(self, bins=4):
        super().__init__()
        self.edges = torch.linspace(0, 1, bins + 1)[1:-1].contiguous()
        self.bins = bins

    def joint(self, a, b):
        ia = torch.bucketize(a.flatten(), self.edges)
        ib = torch.bucketize(b.flatten(), self.edges)
        code = ia * self.bins + ib
        p = torch.stack([(code == k).float().mean() for k in range(self.bins ** 2)])
        return p.view(self.bins, self.bins)

    def forward(self, moving, fixed):
        p = self.joint(moving, fixed) + 1e-8
        outer = p.sum(1, keepdim=True) * p.sum(0, keepdim=True)
        return -(p * (p / outer).log()).sum()
