import torch
from torch import nn


class SieveLoss(nn.Module):
    """Compares the mass passing each mesh with the laboratory curve."""

    meshes = (0.063, 0.2, 0.63, 2.0)

    def passing(self, grain_mm, mass):
        rows = []
        for mesh in self.meshes:
            under = grain_mm.lt(mesh).to(mass.dtype)
            rows.append((under * mass).sum() / mass.sum())
        return torch.stack(rows)

    def forward(self, grain_mm, mass, lab_curve):
        return (self.passing(grain_mm, mass) - lab_curve).abs().mean()
