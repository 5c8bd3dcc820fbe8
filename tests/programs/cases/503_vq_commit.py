import torch
from torch import nn
import torch.nn.functional as F


class Codebook(nn.Module):
    def __init__(self, n=5, d=3):
        super().__init__()
        self.codes = nn.Embedding(n, d)

    def quantise(self, z):
        idx = torch.cdist(z, self.codes.weight).argmin(1)
        q = self.codes(idx)
        return q, z + (q - z).detach()

    def loss(self, z, y):
        q, st = self.quantise(z)
        commit = F.mse_loss(z, q.detach()) + F.mse_loss(q, z.detach())
        return F.mse_loss(st, y) + 0.25 * commit
