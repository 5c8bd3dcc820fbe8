import torch
from torch import nn
import torch.distributions as D


class CellVAE(nn.Module):
    """Poisson decoder over gene counts, bound averaged over several draws."""

    def __init__(self, n_genes=9, n_latent=3, n_hidden=12, n_draws=4):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(n_genes, n_hidden), nn.ReLU())
        self.mu = nn.Linear(n_hidden, n_latent)
        self.log_sigma = nn.Linear(n_hidden, n_latent)
        self.dec = nn.Sequential(nn.Linear(n_latent, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_genes))
        self.n_draws = n_draws

    def posterior(self, counts):
        h = self.enc(torch.log1p(counts))
        return D.Normal(self.mu(h), self.log_sigma(h).clamp(-6, 3).exp())

    def decode(self, z, size):
        rate = torch.softmax(self.dec(z), dim=-1) * size
        return D.Poisson(rate + 1e-6)

    def loss(self, counts, beta=1.0):
        q = self.posterior(counts)
        z = q.sample((self.n_draws,))
        size = counts.sum(-1, keepdim=True)
        log_lik = self.decode(z, size).log_prob(counts).sum(-1).mean(0)
        kl = D.kl_divergence(q, D.Normal(0.0, 1.0)).sum(-1)
        return (beta * kl - log_lik).mean()
