import torch
from torch import nn
import torch.nn.functional as F


class EdgeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, padding=1)
        self.side = nn.Conv2d(2, 1, 1)
        self.cache = {}

    def forward(self, x):
        self.cache["stem"] = torch.relu(self.stem(x)).detach()
        return self.side(self.cache["stem"])

    def loss(self, x, edges):
        return F.binary_cross_entropy_with_logits(self(x), edges)
