import torch
from torch import nn


class GaborBank(nn.Module):
    def __init__(self, n=4, size=5):
        super().__init__()
        self.filters = nn.Parameter(torch.randn(n, 1, size, size))

    def normalize(self):
        norm = self.filters.flatten(1).norm(dim=1)
        self.filters.div_(norm.view(-1, 1, 1, 1))

    def loss(self, img):
        self.normalize()
        out = nn.functional.conv2d(img, self.filters)
        return -out.abs().mean()
