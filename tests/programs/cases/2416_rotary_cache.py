import torch
from torch import nn, einsum


class RotaryEmbedding(nn.Module):
    def __init__(self, dim, theta=10000):
        super().__init__()
        freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].float() / dim))
        self.freqs = nn.Parameter(freqs)
        self.cached_freqs = None

    def forward(self, t):
        if self.cached_freqs is not None and t.shape[0] <= self.cached_freqs.shape[0]:
            return self.cached_freqs[: t.shape[0]]
        freqs = einsum("i, j -> i j", t.type(self.freqs.dtype), self.freqs)
        freqs = freqs.repeat_interleave(2, dim=-1)
        self.cached_freqs = freqs
        return freqs


class Attention(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.rotary = RotaryEmbedding(dim)
        self.to_q = nn.Linear(dim, dim, bias=False)

    def forward(self, x):
        freqs = self.rotary(torch.arange(x.shape[1]))
        q = self.to_q(x)
        q = q * freqs.cos() + q.roll(1, dims=-1) * freqs.sin()
        return torch.softmax(q @ q.transpose(1, 2), dim=-1) @ x

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
