import math

import torch
import torch.nn as nn


class Tank(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.tensor(1.0))
        self.rate = nn.Parameter(torch.tensor(0.3))

    def level(self, t):
        return self.start * torch.exp(-self.rate * t)

    def half_life(self):
        return math.log(2) / self.rate.item()


def fit_error(tank, times, seen):
    error = (tank.level(times) - seen).pow(2).mean()
    print("half life", tank.half_life())
    return error
