import torch
from torch import nn
import torch.nn.functional as F


class Quantiser(nn.Module):
    def __init__(self, k=6, d=3):
        super().__init__()
        self.codes = nn.Parameter(torch.randn(k, d))
        self.dec = nn.Linear(d, 2)

    def quantise(self, z):
        dist = (z.unsqueeze(1) - self.codes).pow(2).sum(-1)
        q = self.codes[dist.argmin(1)]
        commit = 0.25 * F.mse_loss(z, q.detach()) + F.mse_loss(q, z.detach())
        return z + (q - z).data, commit

    def loss(self, z, x):
        q, commit = self.quantise(z)
        return F.mse_loss(self.dec(q), x) + commit
