import torch
from torch import nn


class EnvelopeCorrelation(nn.Module):
    def __init__(self, band=4):
        super().__init__()
        self.band = band

    def envelope(self, spec):
        power = spec.real ** 2 + spec.imag ** 2
        bands = power.unfold(-1, self.band, self.band).sum(-1)
        return torch.sqrt(bands)

    def forward(self, est, ref):
        e = self.envelope(torch.fft.rfft(est)[..., 1:])
        r = self.envelope(torch.fft.rfft(ref)[..., 1:])
        return (e - r).abs().mean()
