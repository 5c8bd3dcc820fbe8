import torch
from torch import nn


class SmoothedLoss(nn.Module):
    def __init__(self, beta=0.9):
        super().__init__()
        self.beta = beta
        self.average = 0.0

    def forward(self, pred, y):
        now = (torch.tanh(pred) - y).pow(2).mean()
        self.average = self.beta * self.average + (1 - self.beta) * now
        return self.average
