import torch
from torch import nn


class Smoother(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(3, 2)
        self.register_buffer("centre", torch.zeros(2))

    def loss(self, x):
        z = self.lin(x)
        centre = self.centre.clone()
        self.centre.mul_(0.9).add_(z.detach().mean(0), alpha=0.1)
        d = z - centre
        d[:, 1] *= 2.0
        out = torch.zeros(len(z))
        out[: len(z) // 2] = d[: len(z) // 2].pow(2).sum(1)
        out[len(z) // 2:] = d[len(z) // 2:].abs().sum(1)
        return out.mean()
