"""Non-rigid registration with L-BFGS, which calls its closure many times per step."""

import torch
from torch import nn, optim


class RegistrationSolver:
    def __init__(self, n_basis=4):
        self.warp = nn.Linear(n_basis, 2, bias=False)
        self.smoothness = 0.1
        self.centres = torch.rand(n_basis, 2)

    def basis(self, points):
        return torch.exp(-torch.cdist(points, self.centres).square())

    def displaced(self, points):
        return points + self.warp(self.basis(points))

    def energy(self, moved, fixed):
        nearest = torch.cdist(moved, fixed).amin(dim=1)
        return nearest.mean() + self.smoothness * self.warp.weight.square().sum()

    def solve(self, moving, fixed, steps=2):
        optimiser = optim.LBFGS(self.warp.parameters(), max_iter=4)
        moved = self.displaced(moving)

        def closure():
            optimiser.zero_grad()
            value = self.energy(moved, fixed)
            value.backward()
            return value

        for _ in range(steps):
            optimiser.step(closure)
        return self.energy(self.displaced(moving), fixed)
