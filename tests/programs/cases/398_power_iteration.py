"""Own spectral normalisation, as it is often copied into a model file."""

import torch
import torch.nn.functional as F
from torch import nn


class SpectralLinear(nn.Module):
    def __init__(self, n_in, n_out, iterations=2):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
        self.register_buffer("u", F.normalize(torch.randn(n_out), dim=0))
        self.iterations = iterations

    def normalised(self):
        w = self.weight.data
        u = self.u
        for _ in range(self.iterations):
            v = F.normalize(w.t().mv(u), dim=0)
            u = F.normalize(w.mv(v), dim=0)
        if self.training:
            self.u = u.detach()
        return w / torch.dot(u, w.mv(v))

    def forward(self, x):
        return F.linear(x, self.normalised())


class Critic(nn.Module):
    def __init__(self, n_data=4, hidden=6):
        super().__init__()
        first, last = SpectralLinear(n_data, hidden), SpectralLinear(hidden, 1)
        self.layers = nn.Sequential(first, nn.LeakyReLU(0.2), last)

    def wasserstein(self, real, fake):
        return self.layers(fake).mean() - self.layers(real).mean()
