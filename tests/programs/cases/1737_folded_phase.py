import torch
from torch import nn


class PhaseFit(nn.Module):
    def __init__(self, period=6.0):
        super().__init__()
        self.period = period

    def fold(self, t):
        turns = t // self.period
        return t - turns * self.period

    def forward(self, phase, ref):
        return (self.fold(phase) / self.period - ref).abs().mean()
