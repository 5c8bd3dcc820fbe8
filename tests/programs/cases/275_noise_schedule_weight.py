import math

import torch
from torch import nn


class DenoiserTraining(nn.Module):
    """Diffusion with a learned signal-to-noise ratio."""

    def __init__(self, dim=4):
        super().__init__()
        self.log_gamma = nn.Parameter(torch.tensor(1.5))
        self.eps_model = nn.Linear(dim + 1, dim)

    def alpha_sigma(self, t):
        gamma = math.exp(self.log_gamma)
        snr = torch.sigmoid(gamma * (0.5 - t))
        return snr.sqrt()[:, None], (1 - snr).sqrt()[:, None]

    def term(self, clean, t, noise):
        alpha, sigma = self.alpha_sigma(t)
        noisy = alpha * clean + sigma * noise
        guess = self.eps_model(torch.cat([noisy, t[:, None]], dim=1))
        return (guess - noise).square().sum(1).mean()
