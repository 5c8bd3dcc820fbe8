import torch
from torch import nn


class ToneMapper(nn.Module):
    """Maps radiance in [2, 6] to display range."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.full((3, 1, 1), 2.0))

    def develop(self, hdr):
        exposed = self.gain * hdr
        return nn.functional.hardtanh(exposed, 0.0, 1.0)

    def exposure_loss(self, hdr, ldr):
        return (self.develop(hdr) - ldr).abs().mean()
