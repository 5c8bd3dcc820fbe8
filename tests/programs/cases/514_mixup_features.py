import torch
from torch import nn
import torch.nn.functional as F


class MixNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(6, 5)
        self.head = nn.Linear(5, 3)

    def features(self, x):
        h = torch.sigmoid(self.stem(x))
        h[1:] += 0.5 * h[:-1]
        return h

    def loss(self, x, y):
        return F.cross_entropy(self.head(self.features(x)), y)
