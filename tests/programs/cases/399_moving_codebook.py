import torch
import torch.nn.functional as F
from torch import nn


class SoftQuantiser(nn.Module):
    """Soft assignment to a codebook that follows the data by a moving average."""

    def __init__(self, n_in=6, dim=3, codes=5, decay=0.9):
        super().__init__()
        self.encoder = nn.Linear(n_in, dim)
        self.decoder = nn.Linear(dim, n_in)
        self.register_buffer("codebook", torch.randn(codes, dim))
        self.decay = decay

    def assign(self, z):
        similarity = z @ self.codebook.T
        return similarity.softmax(-1)

    @torch.no_grad()
    def follow(self, z, weights):
        mass = weights.sum(0).clamp(min=1e-3)[:, None]
        self.codebook.lerp_(weights.T @ z / mass, 1 - self.decay)

    def forward(self, x):
        z = self.encoder(x)
        weights = self.assign(z)
        quantised = weights @ self.codebook
        if self.training:
            self.follow(z, weights)
        return self.decoder(quantised), z, quantised

    def loss(self, x):
        rebuilt, z, quantised = self(x)
        return F.mse_loss(rebuilt, x) + 0.25 * F.mse_loss(z, quantised.detach())
