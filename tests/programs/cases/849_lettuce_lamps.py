import torch
from torch import nn


class GrowLights(nn.Module):
    steps = 10

    def __init__(self, lamps=6):
        super().__init__()
        self.brightness = nn.Parameter(torch.rand(lamps))

    def driver_level(self):
        soft = self.brightness.clamp(-0.5, 1.5)
        hard = torch.floor(soft * self.steps + 0.5) / self.steps
        return soft - (soft - hard).detach()

    def loss(self, layout, wanted):
        return (layout @ self.driver_level() - wanted).square().mean()
