"""Weights from a low-dimensional vector, through a functional call instead of an assignment."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call
from torch.nn.utils import parameters_to_vector


class RandomSubspace(nn.Module):
    def __init__(self, network, dimension=4):
        super().__init__()
        self.network = network.requires_grad_(False)
        self.sizes = {name: w.shape for name, w in network.named_parameters()}
        self.register_buffer("start", parameters_to_vector(network.parameters()).detach().clone())
        basis = torch.randn(self.start.numel(), dimension)
        self.register_buffer("basis", F.normalize(basis, dim=0))
        self.z = nn.Parameter(torch.zeros(dimension))

    def weights(self):
        flat = torch.addmv(self.start, self.basis, self.z)
        pieces = flat.split([shape.numel() for shape in self.sizes.values()])
        return {name: piece.reshape(shape) for (name, shape), piece in zip(self.sizes.items(), pieces)}

    def forward(self, x):
        return functional_call(self.network, self.weights(), (x,))

    def loss(self, x, y):
        return F.cross_entropy(self(x), y)

    def bake(self):
        with torch.no_grad():
            for name, value in self.weights().items():
                self.network.get_parameter(name).data.copy_(value)
