import torch
from torch import nn


class DropPath(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.keep = nn.Parameter(torch.zeros(d))

    def loss(self, x, y):
        gate = torch.bernoulli(torch.sigmoid(self.keep).expand(x.shape[0], -1))
        return (x * gate - y).pow(2).mean()
