import math

import torch
from torch import nn


class CodebookUsage(nn.Module):
    """Asks a vector quantiser to use all of its codes equally."""

    def __init__(self, n_codes=5, dim=3):
        super().__init__()
        self.project = nn.Linear(dim, dim)
        self.register_buffer("codes", torch.randn(n_codes, dim))

    def usage(self, latent):
        nearest = torch.cdist(self.project(latent), self.codes).argmin(1)
        hits = torch.bincount(nearest, minlength=len(self.codes))
        return hits / hits.sum()

    def perplexity_gap(self, latent):
        p = self.usage(latent)
        entropy = -(p * (p + 1e-10).log()).sum()
        return math.log(len(self.codes)) - entropy
