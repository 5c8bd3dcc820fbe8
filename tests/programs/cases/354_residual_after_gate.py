import torch
import torch.nn.functional as F
from torch import nn


class GatedBlock(nn.Module):
    """Channel attention, then a skip connection."""

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.gate = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.Sigmoid())
        self.act = nn.ReLU()

    def forward(self, x):
        y = self.act(self.conv(x))
        weight = self.gate(y.mean((2, 3), keepdim=True))
        y = y * weight
        weight += 1.0
        return y + weight * x


class DenoisingNet(nn.Module):
    def __init__(self, channels=4, depth=2):
        super().__init__()
        self.lift = nn.Conv2d(1, channels, 1)
        self.blocks = nn.ModuleList(GatedBlock(channels) for _ in range(depth))
        self.drop = nn.Conv2d(channels, 1, 1)

    def forward(self, noisy):
        h = self.lift(noisy)
        for block in self.blocks:
            h = block(h)
        return noisy - self.drop(h)

    def loss(self, clean, sigma=0.1):
        noisy = clean + sigma * torch.randn_like(clean)
        return F.mse_loss(self(noisy), clean)
