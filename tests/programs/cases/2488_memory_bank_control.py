import torch
from torch import nn
import torch.nn.functional as F


class QueueMixin:
    def init_queue(self, dim, size):
        self.register_buffer("queue", F.normalize(torch.randn(size, dim), dim=1))
        self.register_buffer("ptr", torch.zeros(1, dtype=torch.long))

    @torch.no_grad()
    def enqueue(self, keys):
        start = int(self.ptr)
        self.queue = torch.cat([keys.detach(), self.queue])[: len(self.queue)]
        self.ptr[0] = (start + len(keys)) % len(self.queue)


class MoCoHead(QueueMixin, nn.Module):
    def __init__(self, d=5, dim=4, size=6, t=0.1):
        super().__init__()
        self.proj = nn.Linear(d, dim)
        self.key_proj = nn.Linear(d, dim).requires_grad_(False)
        self.t = t
        self.init_queue(dim, size)

    def loss(self, view1, view2):
        q = F.normalize(self.proj(view1), dim=1)
        with torch.no_grad():
            k = F.normalize(self.key_proj(view2), dim=1)
        pos = (q * k).sum(1, keepdim=True)
        neg = q @ self.queue.clone().detach().T
        out = F.cross_entropy(torch.cat([pos, neg], 1) / self.t, torch.zeros(len(q), dtype=torch.long))
        self.enqueue(k)
        return out
