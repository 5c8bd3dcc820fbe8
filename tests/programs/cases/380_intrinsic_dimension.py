"""Train in a random low-dimensional subspace: weights = start + basis @ z."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters


class SubspaceTraining(nn.Module):
    def __init__(self, network, dimension=4):
        super().__init__()
        self.network = network
        start = parameters_to_vector(network.parameters()).detach()
        self.register_buffer("start", start)
        basis = torch.linalg.qr(torch.randn(start.numel(), dimension)).Q
        self.register_buffer("basis", basis)
        self.z = nn.Parameter(torch.zeros(dimension))

    def point(self):
        return self.start + self.basis @ self.z

    def forward(self, x):
        vector_to_parameters(self.point(), self.network.parameters())
        return self.network(x)

    def loss(self, x, y):
        return F.cross_entropy(self(x), y)


def build():
    return SubspaceTraining(nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)))
