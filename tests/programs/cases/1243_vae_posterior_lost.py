import torch
import torch.nn as nn
import torch.nn.functional as F


class VAE(nn.Module):
    def __init__(self, d=6, z=2):
        super().__init__()
        self.enc = nn.Linear(d, 5)
        self.mu, self.logvar = nn.Linear(5, z), nn.Linear(5, z)
        self.dec = nn.Linear(z, d)

    def reparameterize(self, mu, logvar):
        std = (0.5 * logvar).exp()
        return torch.normal(mu, std)

    def elbo(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = self.reparameterize(mu, logvar)
        recon = F.mse_loss(self.dec(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return recon + kl
