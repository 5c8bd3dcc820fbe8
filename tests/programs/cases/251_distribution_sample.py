import torch
from torch import nn
from torch.distributions import Normal, kl_divergence


class Vae(nn.Module):
    def __init__(self, d=5, k=2):
        super().__init__()
        self.enc = nn.Linear(d, 2 * k)
        self.dec = nn.Linear(k, d)

    def elbo(self, x):
        mean, raw = self.enc(x).split(2, dim=-1)
        q = Normal(mean, nn.functional.softplus(raw) + 1e-4)
        z = q.sample()
        rec = (self.dec(z) - x).square().sum(-1)
        kl = kl_divergence(q, Normal(torch.zeros_like(mean), torch.ones_like(raw))).sum(-1)
        return (rec + kl).mean()
