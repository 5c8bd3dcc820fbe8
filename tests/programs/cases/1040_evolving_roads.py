import torch
from torch import nn
import torch.nn.functional as F


class FixedConv(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels, channels))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x, adj):
        return adj @ (x @ self.weight)


class EvolvingRoads(nn.Module):
    def __init__(self, channels=4, classes=3):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, channels, channels) * 0.5)
        self.evolve = nn.GRU(channels, channels, 1)
        self.conv = FixedConv(channels)
        self.read = nn.Linear(channels, classes)
        self.memory = None

    def forward(self, x, adj):
        W = self.start if self.memory is None else self.memory
        W, _ = self.evolve(W)
        self.memory = W.detach()
        self.conv.weight = nn.Parameter(W.squeeze(0))
        h = self.conv(x, adj)
        return self.read(h.relu())

    def loss(self, x, adj, jam):
        return F.cross_entropy(self(x, adj), jam)
