import torch
from torch import nn


class DirectionLoss(nn.Module):
    def move(self, prices):
        return torch.sgn(prices.diff(dim=-1))

    def forward(self, forecast, actual):
        wrong = self.move(forecast) - self.move(actual)
        return wrong.abs().mean() / 2
