import torch


class HarmonicForceField:
    def __init__(self, rest_length=1.0, stiffness=10.0):
        self.rest_length = rest_length
        self.stiffness = stiffness

    @staticmethod
    def pairwise(positions):
        delta = positions.unsqueeze(0) - positions.unsqueeze(1)
        return delta.square().sum(dim=-1).sqrt()

    def energy(self, positions):
        lengths = self.pairwise(positions)
        bonded = 1 - torch.eye(len(positions))
        stretch = (lengths - self.rest_length) * bonded
        return 0.5 * self.stiffness * (stretch**2).sum() / 2
