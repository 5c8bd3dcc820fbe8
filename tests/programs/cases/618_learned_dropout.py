import torch
from torch import nn
import torch.nn.functional as F


class GateNet(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.gate = nn.Parameter(-torch.ones(d))
        self.lin = nn.Linear(d, 2)

    def loss(self, x, y):
        open_ = F.relu(self.gate)
        return F.cross_entropy(self.lin(x * open_), y) + 0.01 * open_.sum()
