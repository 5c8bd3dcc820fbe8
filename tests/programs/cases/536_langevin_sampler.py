import torch
from torch import nn


class EnergyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1))

    def sample(self, x, steps=4, lr=0.1):
        x = x.clone().detach()
        for _ in range(steps):
            x.requires_grad_(True)
            (g,) = torch.autograd.grad(self.energy(x).sum(), x)
            x = (x - lr * g + 0.01 * torch.randn_like(x)).detach()
        return x

    def loss(self, real, noise):
        fake = self.sample(noise)
        return self.energy(real).mean() - self.energy(fake).mean()
