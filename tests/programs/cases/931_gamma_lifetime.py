import torch
from torch import nn


class GammaLifetime(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_shape = nn.Parameter(torch.zeros(()))
        self.log_rate = nn.Parameter(torch.zeros(()))

    def cdf(self, t):
        return torch.special.gammainc(self.log_shape.exp(), t * self.log_rate.exp())

    def nll(self, start, stop):
        """Failures seen only as an inspection interval."""
        p = self.cdf(stop) - self.cdf(start)
        return -torch.log(p.clamp(min=1e-6)).mean()
