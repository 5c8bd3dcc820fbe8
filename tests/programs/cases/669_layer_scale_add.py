import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.fc1 = nn.Linear(d, d)
        self.scale = nn.Parameter(torch.full((d,), 0.1))

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        gated = h * self.scale
        h -= h.mean(dim=-1, keepdim=True)
        return gated + h

    def loss(self, x, y):
        return (self(x) - y).pow(2).mean()
