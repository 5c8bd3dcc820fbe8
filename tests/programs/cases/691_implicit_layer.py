import torch
from torch import nn


class FixedPoint(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.w = nn.Parameter(0.3 * torch.eye(d))

    def f(self, z, x):
        return torch.tanh(z @ self.w + x)

    def forward(self, x, steps=20):
        z = torch.zeros_like(x)
        with torch.no_grad():
            for _ in range(steps):
                z = self.f(z, x)
        return self.f(z, x)

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
