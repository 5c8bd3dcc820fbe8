import torch
from torch import nn


class BoundaryLoss(nn.Module):
    area = 3.0

    def forward(self, d):
        inside = torch.heaviside(-d, torch.tensor(0.5))
        return (inside.sum() - self.area) ** 2
