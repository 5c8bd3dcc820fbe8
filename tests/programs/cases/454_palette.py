import torch
from torch import nn


class Palette(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.colours = nn.Parameter(torch.rand(n, 3))

    def recolour(self, pixels):
        d = torch.cdist(pixels, self.colours)
        nearest = d.argmin(dim=1)
        return self.colours[nearest]

    def loss(self, pixels, reference):
        return (self.recolour(pixels) - reference).abs().mean()
