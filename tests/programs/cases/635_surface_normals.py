import torch
from torch import nn


class NormalLoss(nn.Module):
    def slope(self, depth):
        dx = depth[:, :-1, 1:] - depth[:, :-1, :-1]
        dy = depth[:, 1:, :-1] - depth[:, :-1, :-1]
        return torch.sqrt(dx ** 2 + dy ** 2)

    def forward(self, depth, gt):
        return (self.slope(depth) - self.slope(gt)).abs().mean()
