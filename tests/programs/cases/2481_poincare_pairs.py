import torch
from torch import nn


class PoincareEmbedding(nn.Module):
    def __init__(self, n=5, d=2):
        super().__init__()
        self.table = nn.Parameter(torch.empty(n, d).uniform_(-1e-3, 1e-3))

    @staticmethod
    def dist(u, v):
        uu, vv = (u * u).sum(-1), (v * v).sum(-1)
        gap = ((u - v) ** 2).sum(-1)
        return torch.acosh(1 + 2 * gap / ((1 - uu) * (1 - vv)))

    def loss(self, pairs, negatives):
        u, v = self.table[pairs[:, 0]], self.table[pairs[:, 1]]
        pos = torch.exp(-self.dist(u, v))
        neg = torch.exp(-self.dist(u[:, None], self.table[negatives])).sum(1)
        return -torch.log(pos / (pos + neg)).mean()
