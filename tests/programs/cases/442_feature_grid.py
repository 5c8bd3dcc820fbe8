import torch
from torch import nn


class FieldModel(nn.Module):
    def __init__(self, res=8, d=2):
        super().__init__()
        self.res = res
        self.table = nn.Embedding(res * res, d)

    def lookup(self, points):
        ij = (points.clamp(0, 1) * (self.res - 1)).to(torch.int64)
        return self.table(ij[:, 0] * self.res + ij[:, 1])

    def loss(self, points, density):
        return (self.lookup(points).sum(-1) - density).abs().mean()
