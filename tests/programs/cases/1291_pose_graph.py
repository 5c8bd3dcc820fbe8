from typing import NamedTuple
import torch
from torch import nn


class Edge(NamedTuple):
    i: int
    j: int
    length: float


class PoseGraph(nn.Module):
    """Landmarks on a plane, held together by measured distances; they all start at the origin."""

    def __init__(self, n):
        super().__init__()
        self.poses = nn.Parameter(torch.zeros(n, 2))

    def distance(self, e):
        step = self.poses[e.j] - self.poses[e.i]
        return step.square().sum().sqrt()

    def cost(self, edges):
        return sum((self.distance(e) - e.length) ** 2 for e in edges)
