import torch
from torch import nn


class AngularBasis(nn.Module):
    """Angles of neighbour pairs; places without a neighbour are masked."""

    def __init__(self, zeta=2.0):
        super().__init__()
        self.zeta = zeta

    def angles(self, r_ij, r_ik):
        dot = (r_ij * r_ik).sum(dim=-1)
        length = r_ij.norm(dim=-1) * r_ik.norm(dim=-1)
        return dot / length

    def forward(self, positions, pairs, mask):
        r_ij = positions[pairs[..., 0]] - positions[pairs[..., 2]]
        r_ik = positions[pairs[..., 1]] - positions[pairs[..., 2]]
        angular = (1 + self.angles(r_ij, r_ik)) ** self.zeta
        return torch.where(mask, angular, torch.zeros_like(angular)).sum(dim=-1)

    def loss(self, positions, pairs, mask, energy):
        return (self(positions, pairs, mask) - energy).pow(2).sum()
