import torch
from torch import nn
import torch.nn.functional as F


class EqualLinear(nn.Module):
    def __init__(self, n_in=3, n_out=2):
        super().__init__()
        self.lin = nn.Linear(n_in, n_out)
        self.gain = nn.Parameter(torch.ones(n_out, 1))
        self.register_buffer("start", self.lin.weight.detach().clone())

    def forward(self, x):
        scaled = self.start * self.gain
        self.lin.weight.data = scaled
        return self.lin(x)

    def loss(self, x, y):
        return F.mse_loss(self(x), y)
