import torch
from torch import nn
import torch.nn.functional as F


class Quantiser(nn.Module):
    def __init__(self, codes=6, dim=3):
        super().__init__()
        self.codebook = nn.Embedding(codes, dim)

    def forward(self, x):
        dist = torch.cdist(x, self.codebook.weight)
        indices = dist.argmin(dim=-1)
        z = self.codebook(indices)
        z_q = x + (z - x).detach()
        return z_q, z, x, indices


class ActionCodes(nn.Module):
    def __init__(self, frame=5, dim=3, beta=0.25):
        super().__init__()
        self.enc, self.dec = nn.Linear(2 * frame, dim), nn.Linear(frame + dim, frame)
        self.vq = Quantiser(dim=dim)
        self.beta = beta

    def encode(self, a, b):
        z_e = self.enc(torch.cat([a, b], -1))
        z_q, *_ = self.vq(z_e)
        return z_q, z_e

    def compute_loss(self, a, b):
        z_q, z_e = self.encode(a, b)
        recon = F.mse_loss(self.dec(torch.cat([a, z_q], -1)), b)
        codebook_loss = F.mse_loss(z_q, z_e.detach())
        commit_loss = F.mse_loss(z_e, z_q.detach())
        return recon + codebook_loss + self.beta * commit_loss
