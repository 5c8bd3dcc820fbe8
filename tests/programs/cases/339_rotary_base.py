"""Attention with rotary positions whose base frequency is meant to be learned."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class RotaryAttention(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)
        self.log_base = nn.Parameter(torch.tensor(math.log(100.0)))
        self.dim = dim

    def frequencies(self):
        base = math.exp(self.log_base)
        return torch.stack([torch.as_tensor(base ** (-2 * i / self.dim)) for i in range(self.dim // 2)])

    def rotate(self, x):
        position = torch.arange(x.size(1), dtype=x.dtype)
        angle = position[:, None] * self.frequencies()
        even, odd = x[..., 0::2], x[..., 1::2]
        cos, sin = angle.cos(), angle.sin()
        turned = torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1)
        return turned.flatten(-2)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return F.scaled_dot_product_attention(self.rotate(q), self.rotate(k), v)

    def loss(self, x):
        return F.mse_loss(self(x)[:, :-1], x[:, 1:])
