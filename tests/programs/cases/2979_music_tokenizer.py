from typing import NamedTuple

import torch
from torch import nn, Tensor
import torch.nn.functional as F


class Quantized(NamedTuple):
    z_q: Tensor
    codes: Tensor
    codebook_loss: Tensor
    commit_loss: Tensor
    perplexity: float


class VectorQuantizer(nn.Module):
    def __init__(self, n_codes, dim):
        super().__init__()
        self.codebook = nn.Embedding(n_codes, dim)

    def forward(self, z) -> Quantized:
        with torch.no_grad():
            codes = torch.cdist(z, self.codebook.weight).argmin(dim=-1)
            usage = torch.bincount(codes, minlength=self.codebook.num_embeddings).float()
            p = usage / usage.sum()
            perplexity = torch.exp(-(p * (p + 1e-10).log()).sum()).item()
        e = self.codebook(codes)
        codebook_loss = F.mse_loss(e, z.detach())
        commit_loss = F.mse_loss(z, e.detach())
        return Quantized(z + (e - z).detach(), codes, codebook_loss, commit_loss, perplexity)


class ResidualBottleneck(nn.Module):
    def __init__(self, dim, n_levels=2, n_codes=8):
        super().__init__()
        self.levels = nn.ModuleList(VectorQuantizer(n_codes, dim) for _ in range(n_levels))

    def forward(self, z):
        residual, total, outs = z, 0.0, []
        for level in self.levels:
            q = level(residual)
            total = total + q.z_q
            residual = residual - q.z_q.detach()
            outs.append(q)
        return total, outs


class VQAutoencoder(nn.Module):
    def __init__(self, d=8, dim=4, beta=0.25):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(d, dim), nn.Linear(dim, d)
        self.bottleneck = ResidualBottleneck(dim)
        self.beta = beta

    def loss(self, x):
        z_q, outs = self.bottleneck(self.encoder(x))
        vq = sum(o.codebook_loss + self.beta * o.commit_loss for o in outs)
        return F.mse_loss(self.decoder(z_q), x) + vq
