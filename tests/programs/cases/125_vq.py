import torch
from torch import nn
import torch.nn.functional as F


class VectorQuantizer(nn.Module):
    def __init__(self, n=6, d=3, beta=0.25):
        super().__init__()
        self.codebook = nn.Embedding(n, d)
        self.beta = beta

    def forward(self, z):
        d = torch.cdist(z, self.codebook.weight)
        idx = d.argmin(dim=1)
        q = self.codebook(idx)
        commit = F.mse_loss(z, q.detach())
        embed = F.mse_loss(q, z.detach())
        q = z + (q - z).detach()
        usage = torch.bincount(idx, minlength=self.codebook.num_embeddings)
        perplexity = torch.exp(-(usage / len(z) * torch.log(usage / len(z) + 1e-10)).sum())
        return q, embed + self.beta * commit, perplexity

    def loss(self, z, target):
        q, vq, _ = self(z)
        return F.mse_loss(q, target) + vq
