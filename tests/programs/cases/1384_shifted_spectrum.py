import numpy as np
import torch


class SpectrumFit:
    def __init__(self, grid, template):
        self.grid = np.asarray(grid)
        self.template = np.asarray(template)

    def shifted(self, velocity):
        moved = self.grid * (1.0 + velocity.detach().numpy() / 300.0)
        flux = np.interp(moved, self.grid, self.template)
        return torch.from_numpy(flux).float()

    def __call__(self, velocity, observed, noise):
        return (((self.shifted(velocity) - observed) / noise) ** 2).sum()
