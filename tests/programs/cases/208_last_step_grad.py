import torch
from torch import nn


class Unrolled(nn.Module):
    def __init__(self, warm=2):
        super().__init__()
        self.net = nn.Linear(4, 4)
        self.warm = warm

    def refine(self, z, x):
        return z + 0.1 * torch.tanh(self.net(z) + x)

    def loss(self, x, y):
        z = torch.zeros_like(x)
        with torch.no_grad():
            for _ in range(self.warm):
                z = self.refine(z, x)
        z = self.refine(z, x)
        return (z - y).abs().mean()
