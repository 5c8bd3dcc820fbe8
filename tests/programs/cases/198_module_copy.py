import torch
from torch import nn
import torch.nn.functional as F


class LoRA(nn.Module):
    def __init__(self, r=1):
        super().__init__()
        self.base = nn.Linear(3, 2)
        self.down = nn.Parameter(torch.randn(r, 3))
        self.up = nn.Parameter(torch.randn(2, r))

    def forward(self, x):
        merged = torch.tensor(self.base.weight + self.up @ self.down)
        return F.linear(x, merged, self.base.bias)

    def loss(self, x, y):
        return F.mse_loss(self(x), y)
