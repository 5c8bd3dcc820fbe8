"""Zero-inflated negative binomial likelihood of gene counts per cell."""

from typing import NamedTuple

import torch
from torch import nn


class Zinb(NamedTuple):
    mean: torch.Tensor
    dropout: torch.Tensor  # logit of a structural zero
    dispersion: torch.Tensor


def softplus(x, limit=30.0):
    """log(1 + exp(x)), and x itself where the exponential would overflow."""
    return torch.where(x > limit, x, torch.log(1 + torch.exp(x)))


def log_likelihood(counts, p: Zinb):
    r = p.dispersion
    at_zero = r * (r.log() - (r + p.mean).log())
    zero = softplus(at_zero - p.dropout) - softplus(-p.dropout)
    choices = torch.lgamma(counts + r) - torch.lgamma(r) - torch.lgamma(counts + 1)
    positive = choices + counts * (p.mean.log() - (r + p.mean).log())
    positive = positive + at_zero - p.dropout - softplus(-p.dropout)
    return torch.where(counts < 0.5, zero, positive)


class CountDecoder(nn.Module):
    def __init__(self, n_latent=3, n_genes=6):
        super().__init__()
        self.mean = nn.Linear(n_latent, n_genes)
        self.dropout = nn.Linear(n_latent, n_genes)
        self.log_dispersion = nn.Parameter(torch.zeros(n_genes))

    def forward(self, z, library):
        mean = self.mean(z).softmax(-1) * library[:, None]
        return Zinb(mean.clamp(min=1e-4), self.dropout(z), self.log_dispersion.exp())

    def reconstruction(self, z, counts):
        return -log_likelihood(counts, self(z, counts.sum(-1) + 1)).sum(-1).mean()
