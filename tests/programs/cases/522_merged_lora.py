import torch
from torch import nn


class LoraLayer(nn.Module):
    def __init__(self, d=4, r=2):
        super().__init__()
        self.base = nn.Linear(d, d)
        self.base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(r, d) * 0.1)
        self.up = nn.Parameter(torch.randn(d, r) * 0.1)

    def forward(self, x):
        merged = nn.Linear(self.base.in_features, self.base.out_features)
        merged.bias.data.copy_(self.base.bias)
        merged.weight = nn.Parameter(self.base.weight + self.up @ self.down)
        return merged(x)

    def loss(self, x, y):
        return nn.functional.mse_loss(self(x), y)
