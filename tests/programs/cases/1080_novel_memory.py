import torch
from torch import nn
import torch.nn.functional as F


class MemoryReader(nn.Module):
    """Reads a novel segment by segment; old segments live on in a compressive memory."""

    def __init__(self, vocab=11, dim=6):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.q, self.k, self.v = (nn.Linear(dim, dim, bias=False) for _ in range(3))
        self.gate = nn.Parameter(torch.zeros(1))
        self.head = nn.Linear(dim, vocab)
        self.M, self.z = None, None

    def _retrieve(self, q):
        sigma = F.elu(q) + 1
        if self.M is None:
            return torch.zeros_like(q)
        return (sigma @ self.M) / (sigma @ self.z.unsqueeze(-1) + 1e-6)

    def _update(self, k, v):
        sigma = F.elu(k) + 1
        update, norm = sigma.transpose(-2, -1) @ v, sigma.sum(dim=-2)
        self.M = update if self.M is None else self.M + update
        self.z = norm if self.z is None else self.z + norm

    def forward(self, segment):
        x = self.emb(segment)
        q, k, v = self.q(x), self.k(x), self.v(x)
        local = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        g = torch.sigmoid(self.gate)
        out = g * self._retrieve(q) + (1 - g) * local
        self._update(k, v)
        return self.head(out)

    def loss(self, segment):
        logits = self(segment[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1), segment[:, 1:].flatten())
