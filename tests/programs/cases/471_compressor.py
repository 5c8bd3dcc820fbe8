import torch
from torch import nn


class Compressor(nn.Module):
    def __init__(self, bands=3):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(bands))
        self.slope = nn.Parameter(torch.zeros(bands))

    def limit(self):
        self.gain.clamp_(0.1, 4.0)
        return self.gain

    def loss(self, x, y):
        out = self.limit() * x + self.slope * x.abs()
        return (out - y).pow(2).mean()
