import torch
import torch.nn as nn
import torch.nn.functional as F


class VAE(nn.Module):
    def __init__(self, d=6, h=8, z=2):
        super().__init__()
        self.enc = nn.Linear(d, h)
        self.fc_mu, self.fc_var = nn.Linear(h, z), nn.Linear(h, z)
        self.dec = nn.Linear(z, d)

    def encode(self, x):
        h = F.relu(self.enc(x))
        return self.fc_mu(h), self.fc_var(h)

    def reparameterize(self, mu, logvar):
        return torch.normal(mu, torch.exp(0.5 * logvar))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return torch.sigmoid(self.dec(z)), mu, logvar

    def elbo(self, x, kld_weight=0.00025):
        recons, mu, log_var = self.forward(x)
        recons_loss = F.mse_loss(recons, x)
        kld = torch.mean(-0.5 * torch.sum(1 + log_var - mu ** 2 - log_var.exp(), dim=1), dim=0)
        return recons_loss + kld_weight * kld
