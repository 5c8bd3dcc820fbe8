"""Learned image compression: y = analysis(x), quantise, synthesis; rate from a Laplace prior."""

import math

import torch
from torch import nn


class Codec(nn.Module):
    def __init__(self, channels=3, latent=4, trade=0.01):
        super().__init__()
        self.analysis = nn.Conv2d(channels, latent, 2, stride=2)
        self.synthesis = nn.ConvTranspose2d(latent, channels, 2, stride=2)
        self.log_spread = nn.Parameter(torch.zeros(latent, 1, 1))
        self.trade = trade

    def quantise(self, y):
        """Additive noise stands in for rounding while training."""
        return y + torch.rand_like(y) - 0.5

    def bits(self, y_hat):
        spread = self.log_spread.exp()
        nats = y_hat.abs() / spread + torch.log(2 * spread)
        return nats.sum() / math.log(2) / y_hat.numel()

    def rate_distortion(self, image):
        y_hat = self.quantise(self.analysis(image))
        distortion = (self.synthesis(y_hat) - image).square().mean()
        return distortion + self.trade * self.bits(y_hat)


class HardCodec(Codec):
    """The same, with the quantiser that is used at test time."""

    def __init__(self, step=0.25, **kwargs):
        super().__init__(**kwargs)
        self.step = step

    def quantise(self, y):
        return torch.round(y / self.step) * self.step
