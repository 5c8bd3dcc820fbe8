import torch
from torch import nn


class StatMargin(nn.Module):
    def forward(self, pos, neg):
        mu_p, mu_n = pos.mean().item(), neg.mean().item()
        sd_p, sd_n = pos.std().item(), neg.std().item()
        d_prime = (mu_p - mu_n) / (0.5 * (sd_p ** 2 + sd_n ** 2)) ** 0.5
        return torch.as_tensor(-d_prime)
