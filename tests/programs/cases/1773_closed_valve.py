import torch
from torch import nn
import torch.nn.functional as F


class Valve(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.valve = nn.Parameter(torch.full((n,), -4.0))
        self.scale = nn.Parameter(torch.ones(n))

    def loss(self, flow, y):
        opening = F.hardsigmoid(self.valve)
        return F.mse_loss((opening + 1.0) * self.scale * flow, y)
