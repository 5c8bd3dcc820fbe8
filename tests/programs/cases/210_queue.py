import torch
from torch import nn
import torch.nn.functional as F


class MoCo(nn.Module):
    def __init__(self, dim=4, K=8, m=0.999, T=0.2):
        super().__init__()
        self.encoder_q = nn.Linear(3, dim)
        self.encoder_k = nn.Linear(3, dim)
        for pq, pk in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            pk.data.copy_(pq.data)
            pk.requires_grad = False
        self.register_buffer("queue", F.normalize(torch.randn(dim, K), dim=0))
        self.register_buffer("ptr", torch.zeros(1, dtype=torch.long))
        self.m, self.T = m, T

    @torch.no_grad()
    def _momentum_update(self):
        for pq, pk in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            pk.data = pk.data * self.m + pq.data * (1.0 - self.m)

    @torch.no_grad()
    def _enqueue(self, keys):
        ptr = int(self.ptr)
        self.queue[:, ptr : ptr + len(keys)] = keys.T
        self.ptr[0] = (ptr + len(keys)) % self.queue.shape[1]

    def loss(self, x1, x2):
        q = F.normalize(self.encoder_q(x1), dim=1)
        with torch.no_grad():
            self._momentum_update()
            k = F.normalize(self.encoder_k(x2), dim=1)
        pos = torch.einsum("nc,nc->n", [q, k]).unsqueeze(-1)
        neg = torch.einsum("nc,ck->nk", [q, self.queue.clone().detach()])
        logits = torch.cat([pos, neg], dim=1) / self.T
        self._enqueue(k)
        return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))
