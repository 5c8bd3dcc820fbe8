import torch
from torch import nn


class Layout(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.xy = nn.Parameter(torch.zeros(n, 2))

    def stress(self, hops):
        delta = self.xy[:, None] - self.xy[None]
        dist = delta.square().sum(-1).sqrt()
        weight = 1 / hops.clamp(min=1).square()
        return (weight * (dist - hops).square()).sum() / 2
