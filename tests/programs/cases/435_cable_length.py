import math

import torch
from torch import nn


class CableLayout(nn.Module):
    def __init__(self, edges):
        super().__init__()
        self.edges = edges

    def length(self, a, b):
        dx, dy = a - b
        return math.hypot(dx, dy)

    def forward(self, nodes):
        return sum(self.length(nodes[i], nodes[j]) for i, j in self.edges)
