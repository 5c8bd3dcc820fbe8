import torch
from torch import nn
import torch.nn.functional as F


class TripletObjective(nn.Module):
    def __init__(self, margin=5.0):
        super().__init__()
        self.margin = margin

    @torch.no_grad
    def distance(self, u, v):
        return (u - v).pow(2).sum(-1)

    def forward(self, a, p, n):
        gap = self.distance(a, p) - self.distance(a, n)
        return F.relu(gap + self.margin).mean()
