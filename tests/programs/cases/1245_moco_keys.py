import torch
from torch import nn
import torch.nn.functional as F


class MoCo(nn.Module):
    def __init__(self, dim=4, K=16, m=0.99, T=0.07):
        super().__init__()
        self.encoder_q, self.encoder_k = nn.Linear(6, dim), nn.Linear(6, dim)
        self.m, self.T = m, T
        for q, k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            k.data.copy_(q.data)
            k.requires_grad = False
        self.register_buffer("queue", F.normalize(torch.randn(dim, K), dim=0))
        self.register_buffer("ptr", torch.zeros(1, dtype=torch.long))

    @torch.no_grad()
    def _momentum(self):
        for q, k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            k.data = k.data * self.m + q.data * (1 - self.m)

    @torch.no_grad()
    def _enqueue(self, keys):
        p, n = int(self.ptr), keys.shape[0]
        self.queue[:, p:p + n] = keys.T
        self.ptr[0] = (p + n) % self.queue.shape[1]

    def contrast(self, im_q, im_k):
        q = F.normalize(self.encoder_q(im_q), dim=1)
        with torch.no_grad():
            self._momentum()
            k = F.normalize(self.encoder_k(im_k), dim=1)
        pos = torch.einsum("nc,nc->n", q, k).unsqueeze(-1)
        neg = torch.einsum("nc,ck->nk", q, self.queue.clone().detach())
        logits = torch.cat([pos, neg], dim=1) / self.T
        loss = F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))
        self._enqueue(k)
        return loss
