"""Learns an energy H(q, p) from observed motion: dq/dt = dH/dp, dp/dt = -dH/dq."""

from functools import partial

import torch
from torch import nn

gradient = partial(torch.autograd.grad, retain_graph=True)


class HamiltonianNet(nn.Module):
    def __init__(self, degrees=2, width=12):
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(2 * degrees, width), nn.Softplus(), nn.Linear(width, 1))

    def flow(self, q, p):
        q, p = (z.detach().requires_grad_(True) for z in (q, p))
        total = self.energy(torch.cat([q, p], dim=-1)).sum()
        dq, dp = gradient(total, (q, p))
        return dp, -dq

    def residual(self, q, p, q_dot, p_dot):
        velocity, force = self.flow(q, p)
        return (velocity - q_dot).square().mean() + (force - p_dot).square().mean()

    @torch.no_grad()
    def energy_drift(self, q, p):
        h = self.energy(torch.cat([q, p], dim=-1))
        return (h - h[0]).abs().max().item()
