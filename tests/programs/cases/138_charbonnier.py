import torch
from torch import nn


class Charbonnier(nn.Module):
    def __init__(self, eps=1e-3):
        super().__init__()
        self.eps2 = eps ** 2

    def forward(self, x, y):
        diff = x - y
        return torch.sqrt(diff * diff + self.eps2).mean()
