import torch
from torch import nn


class SubsetSelector(nn.Module):
    def __init__(self, n=6, k=2):
        super().__init__()
        self.logits = nn.Parameter(torch.randn(n))
        self.k = k

    def select(self, tau=0.5):
        u = torch.rand_like(self.logits).clamp(1e-6, 1 - 1e-6)
        noisy = self.logits - torch.log(-torch.log(u))
        soft = torch.softmax(noisy / tau, dim=0) * self.k
        hard = torch.zeros_like(soft)
        hard[noisy.topk(self.k).indices] = 1.0
        return hard + soft - soft.detach()

    def loss(self, x, y):
        mask = self.select()
        return ((x * mask).sum(1) - y).square().mean()
