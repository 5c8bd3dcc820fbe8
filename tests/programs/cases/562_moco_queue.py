import torch
from torch import nn
import torch.nn.functional as F


class MoCo(nn.Module):
    def __init__(self, d=4, size=8, m=0.99):
        super().__init__()
        self.q, self.k, self.m = nn.Linear(5, d), nn.Linear(5, d), m
        self.k.load_state_dict(self.q.state_dict())
        self.register_buffer("queue", F.normalize(torch.randn(size, d), dim=1))

    @torch.no_grad()
    def keys(self, x):
        for a, b in zip(self.k.parameters(), self.q.parameters()):
            a.mul_(self.m).add_(b, alpha=1 - self.m)
        return F.normalize(self.k(x), dim=1)

    def loss(self, x1, x2, t=0.2):
        q, k = F.normalize(self.q(x1), dim=1), self.keys(x2)
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ self.queue.clone().T], dim=1) / t
        self.queue = torch.cat([self.queue[len(k):], k])
        return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))
