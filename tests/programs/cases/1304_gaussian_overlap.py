import torch
from torch import nn


class KLGauss(nn.Module):
    """Symmetric KL of two diagonal Gaussians; huge values are cut off."""

    def forward(self, mean, logstd, mean_t, std_t):
        var = torch.exp(2 * logstd)
        var_t = std_t ** 2
        kl = 0.5 * (var / var_t + (mean - mean_t) ** 2 / var_t - 1) + torch.log(std_t) - logstd
        return torch.clamp(kl, max=100.0).mean()
