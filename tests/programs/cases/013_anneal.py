import torch
from torch import nn


class AnnealedKL(nn.Module):
    def __init__(self, warmup=1000):
        super().__init__()
        self.warmup = warmup
        self.steps = 1

    def beta(self):
        return min(1.0, self.steps / self.warmup)

    @staticmethod
    def kl(mu, logvar):
        return (-0.5 * (1 + logvar - mu ** 2 - logvar.exp())).sum(1).mean()

    def forward(self, mu, logvar):
        kl = float(self.kl(mu, logvar))
        self.steps += 1
        return torch.tensor(self.beta() * kl, dtype=mu.dtype)
