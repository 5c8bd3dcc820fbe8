import torch
from torch import nn
import torch.nn.functional as F


class Quantizer(nn.Module):
    def __init__(self, n_codes=6, d=3, beta=0.25):
        super().__init__()
        self.codebook = nn.Embedding(n_codes, d)
        self.beta = beta

    def forward(self, z):
        d2 = torch.cdist(z, self.codebook.weight)
        idx = d2.argmin(dim=-1)
        zq = self.codebook(idx)
        codebook_loss = F.mse_loss(zq, z.detach())
        commit = F.mse_loss(z, zq.detach())
        zq = z + (zq - z).detach()
        return zq, codebook_loss + self.beta * commit


class VQAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(8, 3)
        self.vq = Quantizer()
        self.dec = nn.Linear(3, 8)

    def loss(self, x):
        zq, aux = self.vq(self.enc(x))
        return F.mse_loss(self.dec(zq), x) + aux
