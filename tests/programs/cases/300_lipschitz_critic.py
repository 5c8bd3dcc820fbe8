import torch
from torch import nn


class SobolevCritic(nn.Module):
    def __init__(self, dim=3, strength=5.0):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(dim, 8), nn.SiLU(), nn.Linear(8, 1))
        self.strength = strength

    def slope(self, points):
        points = points.clone().requires_grad_(True)
        height = self.trunk(points)
        direction = torch.autograd.grad(
            outputs=height,
            inputs=points,
            grad_outputs=torch.ones_like(height),
            retain_graph=True,
        )[0]
        return direction.flatten(1).norm(dim=1)

    def regularised(self, real, fake):
        gap = self.trunk(fake).mean() - self.trunk(real).mean()
        return gap + self.strength * (self.slope(real) - 1).square().mean()
