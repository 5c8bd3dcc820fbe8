import torch
from torch import nn


class GeM(nn.Module):
    def __init__(self, p=3.0):
        super().__init__()
        self.p = p

    def pool(self, x):
        return x.pow(self.p).mean(dim=1).pow(1.0 / self.p)

    def loss(self, x, y):
        return (self.pool(x) - y).abs().mean()
