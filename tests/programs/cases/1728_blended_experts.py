import torch
from torch import nn


class Blend(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 2)
        self.right = nn.Linear(3, 2)
        self.mix = nn.Parameter(torch.zeros(1))

    def weights(self):
        w = float(torch.sigmoid(self.mix))
        return w, 1.0 - w

    def forward(self, x):
        wl, wr = self.weights()
        return wl * self.left(x) + wr * self.right(x)

    def loss(self, x, y):
        return nn.functional.huber_loss(self(x), y)
