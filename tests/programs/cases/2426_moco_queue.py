import torch
import torch.nn as nn
import torch.nn.functional as F


class MoCo(nn.Module):
    def __init__(self, dim=4, K=9, T=0.2):
        super().__init__()
        self.K, self.T = K, T
        self.encoder_q = nn.Linear(4, dim)
        self.queue = F.normalize(torch.randn(dim, K), dim=0)
        self.ptr = 0

    def _dequeue_and_enqueue(self, keys):
        n = keys.shape[0]
        self.queue = torch.cat([self.queue[:, n:], keys.T], dim=1)
        self.ptr = (self.ptr + n) % self.K

    def forward(self, q, k):
        q = F.normalize(self.encoder_q(q), dim=1)
        k = F.normalize(self.encoder_q(k), dim=1)
        l_pos = torch.einsum("nc,nc->n", q, k).unsqueeze(-1)
        l_neg = torch.einsum("nc,ck->nk", q, self.queue)
        logits = torch.cat([l_pos, l_neg], dim=1) / self.T
        self._dequeue_and_enqueue(k)
        return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))
