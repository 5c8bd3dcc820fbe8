import torch
from torch import nn


class BarlowLoss(nn.Module):
    def __init__(self, lam=5e-3):
        super().__init__()
        self.lam = lam

    def forward(self, z1, z2):
        a = (z1 - z1.mean(0)) / (z1.std(0) + 1e-5)
        b = (z2 - z2.mean(0)) / (z2.std(0) + 1e-5)
        c = a.T @ b / len(a)
        diff = (c - torch.eye(c.shape[0], device=c.device)).pow(2)
        off = ~torch.eye(c.shape[0], dtype=torch.bool)
        diff[off] *= self.lam
        return diff.sum()
