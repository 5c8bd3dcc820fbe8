import copy

import torch
from torch import nn


class ConsistencyDistillation(nn.Module):
    def __init__(self, dim=3, sigma_min=0.002, sigma_max=80.0):
        super().__init__()
        self.net = nn.Linear(dim, dim)
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.sigma_min, self.sigma_max = sigma_min, sigma_max

    def sigma(self, u, rho=7.0):
        lo, hi = self.sigma_min ** (1 / rho), self.sigma_max ** (1 / rho)
        return (hi + u * (lo - hi)) ** rho

    def denoise(self, net, x, sigma):
        skip = 0.25 / (sigma**2 + 0.25)
        out = sigma * 0.5 / torch.sqrt(sigma**2 + 0.25)
        return skip[:, None] * x + out[:, None] * net(x / torch.sqrt(sigma**2 + 0.25)[:, None])

    def gap(self, x0, u, eps):
        far, near = self.sigma(u * 0.9), self.sigma(u * 0.9 + 0.1)
        ours = self.denoise(self.net, x0 + far[:, None] * eps, far)
        with torch.no_grad():
            theirs = self.denoise(self.ema, x0 + near[:, None] * eps, near)
        c = 0.03
        return (torch.sqrt((ours - theirs).square().sum(1) + c**2) - c).mean()
