import torch
from torch import nn


class SpinGlass(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.j = nn.Parameter(torch.randn(n, n))

    def loss(self, spins):
        self.j.fill_diagonal_(0.0)
        field = spins @ (self.j + self.j.t())
        return nn.functional.softplus(-2 * spins * field).mean()
