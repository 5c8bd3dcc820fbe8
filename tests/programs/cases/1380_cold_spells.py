import torch
from torch import nn


class SpellLoss(nn.Module):
    def __init__(self, base=0.0):
        super().__init__()
        self.base = base
        self.crit = nn.SmoothL1Loss()

    def longest(self, hourly):
        cold = hourly < self.base
        run = torch.zeros(hourly.shape[0])
        best = run
        for hour in cold.unbind(dim=1):
            run = (run + 1) * hour
            best = torch.maximum(best, run)
        return best

    def forward(self, hourly, recorded):
        return self.crit(self.longest(hourly), recorded)
