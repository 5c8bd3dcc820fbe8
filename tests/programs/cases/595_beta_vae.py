import torch
from torch import nn
from torch.distributions import Normal, kl_divergence
import torch.nn.functional as F


class BetaVAE(nn.Module):
    def __init__(self, d=5, z=2, beta=4.0, free=0.1):
        super().__init__()
        self.enc, self.dec = nn.Linear(d, 2 * z), nn.Linear(z, d)
        self.beta, self.free = beta, free

    def loss(self, x):
        mu, raw = self.enc(x).chunk(2, -1)
        post = Normal(mu, F.softplus(raw) + 1e-4)
        z = post.rsample()
        kl = kl_divergence(post, Normal(torch.zeros_like(mu), torch.ones_like(mu)))
        kl = kl.mean(0).clamp(min=self.free).sum()
        rec = F.binary_cross_entropy_with_logits(self.dec(z), torch.sigmoid(x))
        return rec + self.beta * kl
