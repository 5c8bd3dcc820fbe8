import torch
from torch import nn
import torch.nn.functional as F


class EmaQuantizer(nn.Module):
    """The codes follow an average of what is assigned to them; no gradient is meant for them."""

    def __init__(self, dim=3, codes=6, decay=0.9, commitment=0.25):
        super().__init__()
        self.project = nn.Linear(dim, dim)
        self.register_buffer("embed", torch.randn(codes, dim))
        self.register_buffer("size", torch.ones(codes))
        self.register_buffer("avg", self.embed.clone())
        self.decay, self.commitment = decay, commitment

    @torch.no_grad()
    def update(self, flat, hot):
        self.size.mul_(self.decay).add_(hot.sum(0), alpha=1 - self.decay)
        self.avg.mul_(self.decay).add_(hot.t() @ flat, alpha=1 - self.decay)
        n = self.size.sum()
        size = (self.size + 1e-5) / (n + self.embed.size(0) * 1e-5) * n
        self.embed.copy_(self.avg / size.unsqueeze(1))

    def forward(self, x, want):
        z = self.project(x)
        dist = (z.detach() ** 2).sum(1, keepdim=True) - 2 * z.detach() @ self.embed.t() + (self.embed ** 2).sum(1)
        ind = dist.argmin(dim=1)
        hot = F.one_hot(ind, self.embed.size(0)).type(z.dtype)
        quantize = F.embedding(ind, self.embed)
        if self.training:
            self.update(z, hot)
        commit = F.mse_loss(z, quantize.detach())
        quantize = z + (quantize - z).detach()
        return F.mse_loss(quantize, want) + self.commitment * commit
