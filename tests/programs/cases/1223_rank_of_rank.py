import torch
from torch import nn


class SpearmanLoss(nn.Module):
    @staticmethod
    def rank(x):
        order = x.argsort(dim=-1)
        ranks = torch.empty_like(x)
        ranks.scatter_(-1, order, torch.arange(x.size(-1), dtype=x.dtype).expand_as(x))
        return ranks

    def forward(self, pred, target):
        p, t = self.rank(pred), self.rank(target)
        p = p - p.mean(-1, keepdim=True)
        t = t - t.mean(-1, keepdim=True)
        rho = (p * t).sum(-1) / (p.norm(dim=-1) * t.norm(dim=-1) + 1e-8)
        return (1 - rho).mean()
