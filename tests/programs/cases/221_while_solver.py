import torch
from torch import nn


class ImplicitLayer(nn.Module):
    def __init__(self, d=4, tol=1e-3):
        super().__init__()
        self.w = nn.Parameter(0.1 * torch.randn(d, d))
        self.tol = tol

    def solve(self, x):
        z, gap, step = torch.zeros_like(x), 1.0, 0
        with torch.no_grad():
            while gap > self.tol and step < 50:
                previous = z
                z = torch.tanh(z @ self.w + x)
                gap = (z - previous).abs().max().item()
                step += 1
        return z

    def loss(self, x, y):
        return (self.solve(x) - y).pow(2).mean()
