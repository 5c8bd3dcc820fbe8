import torch
from torch import nn


class SpectralGate(nn.Module):
    """Keeps bins that are louder than a threshold per band, which is learned."""

    def __init__(self, bands=3):
        super().__init__()
        self.thres = nn.Parameter(torch.full((bands, 1), 0.5))
        self.gain = nn.Parameter(torch.ones(bands, 1))

    def gate(self, mag):
        keep = mag > self.thres
        return torch.where(keep, mag, torch.zeros_like(mag))

    def forward(self, noisy, clean):
        est = self.gate(noisy) * self.gain
        return (est - clean).abs().mean()
