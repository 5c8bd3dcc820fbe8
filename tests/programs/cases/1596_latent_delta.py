import torch
from torch import nn


class DeltaInjector(nn.Module):
    """Adds a learned offset to a latent, made when its shape is known."""

    def __init__(self):
        super().__init__()
        self.register_parameter("delta", None)

    def forward(self, latent):
        if self.delta is None:
            self.delta = nn.Parameter(torch.zeros_like(latent))
        return latent + self.delta


injector = DeltaInjector()


def guided_loss(latent, density):
    moved = injector(latent)
    return (torch.tanh(moved) - density).pow(2).mean() + 1e-3 * injector.delta.pow(2).sum()
