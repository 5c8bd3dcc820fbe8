import torch
from torch import nn
from torch.distributions import Normal, kl_divergence


class ScentVAE(nn.Module):
    def __init__(self, receptors=8, latent=2):
        super().__init__()
        self.enc = nn.Linear(receptors, 2 * latent)
        self.dec = nn.Linear(latent, receptors)

    def posterior(self, x):
        mu, raw = self.enc(x).chunk(2, dim=-1)
        return Normal(mu, nn.functional.softplus(raw) + 1e-4)

    def forward(self, x, samples=3):
        q = self.posterior(x)
        z = q.sample((samples,))
        return self.dec(z), q

    def loss(self, x, beta=0.5):
        recon, q = self(x)
        nll = (recon - x).square().sum(-1).mean()
        kl = kl_divergence(q, Normal(torch.zeros_like(q.loc), torch.ones_like(q.scale))).sum(-1).mean()
        return nll + beta * kl
