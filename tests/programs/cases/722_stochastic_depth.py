import torch
from torch import nn
import torch.nn.functional as F


class DropPathNet(nn.Module):
    def __init__(self, d=4, keep=0.8):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(d, d) for _ in range(2))
        self.keep = keep

    def drop(self, h):
        if not self.training:
            return h
        alive = torch.rand(h.shape[0], 1).lt(self.keep).to(h.dtype)
        return h * alive / self.keep

    def loss(self, x, y):
        for block in self.blocks:
            x = x + self.drop(torch.relu(block(x)))
        return F.mse_loss(x, y)
