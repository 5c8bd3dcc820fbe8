import math

import torch
from torch import nn

SQRT_2PI = math.sqrt(2 * math.pi)


class MixtureHead(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.mu = nn.Linear(3, k)
        self.pi = nn.Linear(3, k)

    def nll(self, x, y):
        m, w = self.mu(x), self.pi(x).softmax(-1)
        dens = torch.exp(-0.5 * (y[:, None] - m) ** 2) / SQRT_2PI
        return -torch.log((w * dens).sum(-1)).mean()
