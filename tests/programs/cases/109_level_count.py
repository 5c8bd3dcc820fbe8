import torch
import torch.nn as nn


class TreeDepth(nn.Module):
    def __init__(self, d, nodes=4):
        super().__init__()
        self.split = nn.Linear(d, nodes)

    def depth(self, x):
        side = torch.sign(self.split(x))
        return ((side + 1) / 2).sum(dim=1)

    def cost(self, x, target):
        d = self.depth(x)
        return ((d - target) ** 2).mean()
