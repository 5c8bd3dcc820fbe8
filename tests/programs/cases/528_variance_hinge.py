import torch
from torch import nn


class VarianceHinge(nn.Module):
    def __init__(self, gamma=1.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, z, groups):
        terms = []
        for g in groups.unique():
            s = z[groups == g].std(dim=0)
            terms.append(torch.relu(self.gamma - s).mean())
        return torch.stack(terms).mean()
