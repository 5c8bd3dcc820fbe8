import torch
from torch import nn
import torch.nn.functional as F


class Reader(nn.Module):
    def __init__(self, d=8, heads=2):
        super().__init__()
        self.q = nn.Linear(d, d)
        self.values = nn.Parameter(torch.randn(6, 4))
        self.register_buffer("keys", torch.randn(6, d))
        self.register_buffer("usage", torch.zeros(6))

    def loss(self, x, y):
        attn = torch.einsum("btd,kd->btk", self.q(x), self.keys.clone()).softmax(-1)
        with torch.no_grad():
            self.usage += attn.sum((0, 1))
            self.keys[self.usage.argmin()] = x[0, 0]
        return F.mse_loss(attn @ self.values, y)
