import torch
from torch import nn


class Aggregate(nn.Module):
    """Mixes the outputs of all earlier layers; starts as the identity."""

    def __init__(self, dim=5, layers=3):
        super().__init__()
        self.gate = nn.Linear(dim, layers, bias=False)
        nn.init.zeros_(self.gate.weight)

    def mix(self, stack):
        w = torch.relu(self.gate(stack[-1]))
        return stack[-1] + torch.einsum("lbd,bl->bd", torch.stack(stack), w)

    def loss(self, stack, y):
        return (self.mix(stack).sum(-1) - y).pow(2).mean()
