import torch
from torch import nn
import torch.nn.functional as F


class Straighten(nn.Module):
    def __init__(self, side=8, classes=3):
        super().__init__()
        self.locate = nn.Linear(side * side, 6)
        self.locate.weight.data.normal_(0, 0.01)
        self.locate.bias.data.copy_(torch.tensor([1, 0, 0, 0, 1, 0], dtype=torch.float))
        self.read = nn.Linear(side * side, classes)

    def stn(self, x):
        theta = self.locate(x.flatten(1)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size(), align_corners=False)
        return F.grid_sample(x, grid, mode="nearest", align_corners=False)

    def loss(self, x, country):
        return F.cross_entropy(self.read(self.stn(x).flatten(1)), country)
