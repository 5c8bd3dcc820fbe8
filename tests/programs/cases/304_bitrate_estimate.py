import torch
from torch import nn


class LearnedCodec(nn.Module):
    """Rate term of a learned image codec."""

    def __init__(self, pixels=6, latents=4):
        super().__init__()
        self.analysis = nn.Linear(pixels, latents)
        self.register_buffer("spread", torch.ones(latents))

    def symbols(self, image):
        return (self.analysis(image) * 16).to(torch.int16)

    def rate(self, image):
        y = self.symbols(image)
        z = y / (16 * self.spread)
        nats = 0.5 * z.square() + self.spread.log()
        return nats.sum(1).mean() / 0.6931
