import torch
import torch.nn as nn


class Patchbay(nn.Module):
    """Knobs of a synthesizer in Hz, fitted to a target spectrum."""

    def __init__(self, n=6):
        super().__init__()
        self.cutoff = nn.Parameter(torch.empty(n).uniform_(200.0, 4000.0))

    def brightness(self):
        return torch.sigmoid(self.cutoff)

    def loss(self, target):
        return (self.brightness() - target).square().mean()
