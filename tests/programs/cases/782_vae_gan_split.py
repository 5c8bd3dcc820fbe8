import torch
from torch import nn
import torch.nn.functional as F


class VaeGan(nn.Module):
    def __init__(self, d=6, z=2):
        super().__init__()
        self.enc, self.dec, self.disc = nn.Linear(d, 2 * z), nn.Linear(z, d), nn.Linear(d, 3)

    def encode(self, x):
        mu, logvar = self.enc(x).chunk(2, dim=1)
        return mu + torch.randn_like(mu) * torch.exp(0.5 * logvar), mu, logvar

    def encoder_loss(self, x):
        z, mu, logvar = self.encode(x)
        feats = self.disc(x).detach()
        rec = F.mse_loss(self.disc(self.dec(z)), feats)
        kl = -0.5 * torch.mean(1 + logvar - mu ** 2 - logvar.exp())
        return rec + kl

    def disc_loss(self, x):
        with torch.no_grad():
            fake = self.dec(self.encode(x)[0])
        return F.softplus(-self.disc(x)).mean() + F.softplus(self.disc(fake)).mean()
