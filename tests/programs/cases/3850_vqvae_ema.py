import torch
import torch.nn as nn
import torch.nn.functional as F


class EMAQuantizer(nn.Module):
    def __init__(self, n_codes=8, dim=3, decay=0.99):
        super().__init__()
        self.decay = decay
        self.register_buffer("embed", torch.randn(n_codes, dim))

    def update_codes(self, z, onehot):
        n = onehot.sum(0).clamp(min=1)
        mean = onehot.t() @ z / n[:, None]
        used = (onehot.sum(0) > 0)[:, None]
        self.embed = torch.where(used, self.decay * self.embed + (1 - self.decay) * mean, self.embed)

    def forward(self, z):
        dist = torch.cdist(z, self.embed)
        codes = dist.argmin(1)
        q = self.embed[codes]
        if self.training:
            self.update_codes(z.detach(), F.one_hot(codes, self.embed.size(0)).float())
        q = z.detach() + (q - z.detach())
        return q, codes


class VQVAE(nn.Module):
    def __init__(self, d=6, dim=3):
        super().__init__()
        self.encoder = nn.Linear(d, dim)
        self.vq = EMAQuantizer(dim=dim)
        self.decoder = nn.Linear(dim, d)

    def loss(self, x):
        z = self.encoder(x)
        q, codes = self.vq(z)
        perplexity = torch.unique(codes).numel()
        self.log = {"perplexity": perplexity}
        return F.mse_loss(self.decoder(q), x)
