import torch
from torch import nn


class LampMix(nn.Module):
    def __init__(self, leds=4):
        super().__init__()
        self.current = nn.Parameter(torch.rand(leds) + 0.5)
        self.register_buffer("spectra", torch.rand(leds, 7))

    def normalise(self):
        self.current.div_(self.current.sum())
        return self.current

    def colour_error(self, daylight):
        return (self.normalise() @ self.spectra - daylight).square().mean()
