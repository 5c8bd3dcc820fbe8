import torch
from torch import nn


class PushApart(nn.Module):
    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = weight

    def forward(self, centres):
        d = torch.pdist(centres)
        short = torch.relu(-d)
        return self.weight * short.pow(2).mean()
