import torch
from torch import nn


class TemperatureReg(nn.Module):
    ceiling = 100.0

    def forward(self, log_t):
        t = log_t.exp().clamp(max=self.ceiling)
        return (t - 1.0).pow(2).mean()
