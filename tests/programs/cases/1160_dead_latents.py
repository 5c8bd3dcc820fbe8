import torch
from torch import nn


class SparseCoder(nn.Module):
    def __init__(self, width=6, latents=10, k=2, spare=3):
        super().__init__()
        self.enc = nn.Parameter(torch.randn(width, latents))
        self.dec = nn.Parameter(torch.randn(latents, width))
        self.register_buffer("silent", torch.zeros(latents))
        self.k, self.spare = k, spare

    def keep(self, acts, k):
        top = acts.topk(k, dim=-1)
        return torch.zeros_like(acts).scatter(-1, top.indices, top.values)

    def loss(self, x):
        acts = torch.relu(x @ self.enc)
        sparse = self.keep(acts, self.k)
        rebuilt = sparse @ self.dec
        with torch.no_grad():
            self.silent += 1
            self.silent[(sparse > 0).any(0)] = 0
        residual = (x - rebuilt).detach()
        dead = self.silent > 0
        helper = self.keep(acts * dead, self.spare) @ self.dec
        return (rebuilt - x).square().mean() + (helper - residual).square().mean() / 32
