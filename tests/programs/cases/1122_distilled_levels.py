import torch
from torch import nn
import torch.nn.functional as F


class LevelDistiller(nn.Module):
    """The small network follows the large one level by level."""

    def __init__(self):
        super().__init__()
        self.large = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 4))
        self.small = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 4))

    @staticmethod
    def levels(net, x):
        found = []
        for layer in net:
            x = layer(x)
            found.append(x.detach())
        return found

    def loss(self, x):
        wanted = self.levels(self.large, x)
        got = self.levels(self.small, x)
        return sum(F.mse_loss(g, w.detach()) for g, w in zip(got, wanted))
