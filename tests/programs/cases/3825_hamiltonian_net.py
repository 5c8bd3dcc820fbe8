import torch
from torch import nn


class DampedHamiltonian(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))
        self.damping = nn.Parameter(torch.tensor(0.1))

    def vector_field(self, z):
        z = z.clone().requires_grad_(True)
        H = self.energy(z).sum()
        dH = torch.autograd.grad(H, z)[0]
        dq = dH[:, 1]
        dp = -dH[:, 0] - self.damping * dH[:, 1]
        return torch.stack([dq, dp], dim=1)

    def loss(self, z, dz):
        return (self.vector_field(z) - dz).pow(2).sum(1).mean()
