import warnings

import torch
from torch import nn


class Fitter:
    def __init__(self):
        self.net = nn.Linear(3, 1)
        self.crit = nn.SmoothL1Loss()

    def validate(self, val):
        torch.set_grad_enabled(False)
        out = torch.cat([self.crit(self.net(x), y)[None] for x, y in val]).mean().item()
        torch.set_grad_enabled(True)
        return out

    def step_loss(self, x, y, val):
        try:
            self.validate(val)
        except (RuntimeError, ValueError) as e:
            torch.set_grad_enabled(True)
            warnings.warn(str(e))
        return self.crit(self.net(x), y)
