"""Aligns two microscope slices with a rotation and a shift per slice."""

import torch
import torch.nn.functional as F
from torch import nn


def affine_matrix(angle, dx, dy):
    c, s = torch.cos(angle), torch.sin(angle)
    return torch.tensor([[c, -s, dx], [s, c, dy]])


class SliceAlignment(nn.Module):
    def __init__(self, n_slices):
        super().__init__()
        self.motion = nn.Parameter(0.05 * torch.randn(n_slices, 3))

    def matrices(self):
        return torch.stack([affine_matrix(*row) for row in self.motion])

    def forward(self, slices):
        grid = F.affine_grid(self.matrices(), list(slices.shape), align_corners=False)
        return F.grid_sample(slices, grid, align_corners=False, padding_mode="border")

    def loss(self, slices, atlas):
        warped = self(slices)
        centred = warped - warped.mean((2, 3), keepdim=True)
        reference = atlas - atlas.mean()
        ncc = F.cosine_similarity(centred.flatten(1), reference.flatten()[None], dim=1)
        return (1 - ncc).mean()
