import torch
from torch import nn


class ClusterLoss(nn.Module):
    def __init__(self, k, d):
        super().__init__()
        self.raw = nn.Parameter(torch.randn(k, d))

    @property
    def centres(self):
        return torch.nn.functional.normalize(self.raw.data, dim=-1)

    def forward(self, z, assign):
        z = torch.nn.functional.normalize(z, dim=-1)
        pull = (z - self.centres[assign]).square().sum(-1).mean()
        push = torch.relu(self.centres @ self.centres.T - 0.1).mean()
        return pull + 0.1 * push
