import torch
from torch import nn


class LightCurve(nn.Module):
    def __init__(self):
        super().__init__()
        self.period_guess = nn.Parameter(torch.tensor(2.0))
        self.depth = nn.Parameter(torch.tensor(0.3))

    def dimming(self, t):
        offset = (t / self.period_guess) ** 2
        inside = offset < 1
        limb = torch.where(inside, torch.log1p(-offset), torch.zeros_like(offset))
        return 1 - self.depth * torch.exp(limb) * inside

    def loss(self, t, flux):
        return (self.dimming(t) - flux).square().mean()
