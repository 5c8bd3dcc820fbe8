import torch
from torch import nn
import torch.nn.functional as F


class SegModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Conv2d(3, 4, 3, padding=1)
        self.trunk.requires_grad_(False)
        self.prompt = nn.Parameter(torch.zeros(1, 3, 6, 6))
        self.decoder = nn.Conv2d(4, 2, 1)

    def encode(self, img):
        with torch.no_grad():
            return self.trunk(img + self.prompt)

    def loss(self, img, mask):
        return F.cross_entropy(self.decoder(self.encode(img)), mask)
