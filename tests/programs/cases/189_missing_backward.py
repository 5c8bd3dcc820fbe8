import torch
from torch import nn


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        return (v > 0).float()


class SpikeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def fire(self, v):
        return Spike.apply(v - 0.5)

    def loss(self, x, y):
        return (self.fire(self.fc(x)) - y).pow(2).mean()
