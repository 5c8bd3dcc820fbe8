"""Force-directed layout of a graph: springs along edges, repulsion between all pairs."""

import torch


def pairwise(points):
    delta = points[:, None, :] - points[None, :, :]
    return (delta * delta).sum(dim=-1).sqrt()


class LayoutEnergy:
    """Pairs are counted once: only the strict upper triangle of the distance matrix is read."""

    def __init__(self, edges, rest=1.0, charge=0.2):
        self.edges = edges
        self.rest = rest
        self.charge = charge

    def springs(self, distance):
        i, j = self.edges
        return (distance[i, j] - self.rest).square().sum()

    def repulsion(self, distance):
        upper = torch.triu(torch.exp(-distance / self.charge), diagonal=1)
        return upper.sum()

    def terms(self, positions):
        distance = pairwise(positions)
        yield self.springs(distance)
        yield self.repulsion(distance)

    def total(self, positions):
        return sum(self.terms(positions))
