import torch
from torch import nn


class GraphProbe(nn.Module):
    def __init__(self, hops=3):
        super().__init__()
        self.lin = nn.Linear(4, 1)
        self.hops = hops

    def pooled(self, x, adj):
        stats = []
        for _ in range(self.hops):
            x = adj @ x
            s = self.lin(x)
            stats.append([s.mean(), s.max()])
        return torch.tensor(stats).flatten()

    def loss(self, x, adj, y):
        return (self.pooled(x, adj) - y).abs().sum()
