import torch
from torch import nn
import torch.nn.functional as F


class VectorQuantizer(nn.Module):
    def __init__(self, n=6, d=3, beta=0.25):
        super().__init__()
        self.codebook = nn.Parameter(torch.randn(n, d))
        self.beta = beta

    def loss(self, z, x):
        ids = torch.cdist(z, self.codebook).argmin(dim=1)
        q = self.codebook[ids]
        commit = F.mse_loss(z, q.detach())
        embed = F.mse_loss(q, z.detach())
        q = z + (q - z).detach()
        return F.mse_loss(q, x) + embed + self.beta * commit
