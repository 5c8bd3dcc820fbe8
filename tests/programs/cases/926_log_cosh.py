import torch
from torch import nn


class LogCosh(nn.Module):
    """log(cosh(e)), linear for large errors."""

    def __init__(self, cutoff=10.0):
        super().__init__()
        self.cutoff = cutoff

    def forward(self, pred, y):
        e = pred - y
        small = torch.log(torch.cosh(e))
        large = e.abs() - 0.6931
        return torch.where(e.abs() < self.cutoff, small, large).mean()
