"""Power iteration outside the graph; the norm that it finds is differentiable."""

import torch
import torch.nn.functional as F
from torch import nn


class Lipschitz(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in))
        self.register_buffer("left", F.normalize(torch.randn(n_out), dim=0))

    @torch.no_grad()
    def directions(self, rounds=3):
        u = self.left
        for _ in range(rounds):
            v = F.normalize(self.weight.data.T @ u, dim=0)
            u = F.normalize(self.weight.data @ v, dim=0)
        self.left.copy_(u)
        return u.clone(), v

    def forward(self, x):
        u, v = self.directions()
        sigma = torch.einsum("i,ij,j->", u, self.weight, v)
        return x @ (self.weight / sigma).T


class Judge(nn.Module):
    def __init__(self, n_data=4, width=6):
        super().__init__()
        self.body = nn.Sequential(Lipschitz(n_data, width), nn.SiLU(), Lipschitz(width, 1))

    def margin(self, real, fake):
        return F.relu(1 - self.body(real)).mean() + F.relu(1 + self.body(fake.detach())).mean()
