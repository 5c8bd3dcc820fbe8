import torch
from torch import nn


class BandFilter(nn.Module):
    def __init__(self, low=0.1, high=0.3):
        super().__init__()
        self.low = nn.Parameter(torch.tensor(low))
        self.high = nn.Parameter(torch.tensor(high))
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, wave):
        spec = torch.fft.rfft(wave)
        f = torch.fft.rfftfreq(wave.shape[-1])
        band = (f >= self.low) & (f <= self.high)
        return torch.fft.irfft(spec * band * self.gain, n=wave.shape[-1])

    def loss(self, wave, ref):
        return (self(wave) - ref).abs().mean()
