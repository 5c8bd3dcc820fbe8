"""Auto-decoder for signed distances: one latent code per shape, optimised with the network."""

import math

import torch
from torch import nn


class ShapeAutoDecoder:
    def __init__(self, n_shapes, width=6, spread=0.01):
        self.decoder = nn.Sequential(nn.Linear(width + 3, 16), nn.ReLU(), nn.Linear(16, 1))
        codes = torch.randn(n_shapes, width, requires_grad=True)
        self.codes = codes * (spread / math.sqrt(width))
        self.prior = 1e-3

    def parameters(self):
        return [self.codes, *self.decoder.parameters()]

    def distance(self, shape, points):
        code = self.codes[shape].unsqueeze(1).expand(-1, points.size(1), -1)
        return self.decoder(torch.cat([code, points], dim=-1)).squeeze(-1)

    def fit_step(self, shape, points, sdf, clamp=0.1):
        guess = self.distance(shape, points).clamp(-clamp, clamp)
        fit = (guess - sdf.clamp(-clamp, clamp)).abs().mean()
        return fit + self.prior * self.codes[shape].square().sum(-1).mean()

    def step_codes(self, lr=1e-3):
        with torch.no_grad():
            self.codes -= lr * self.codes.grad
