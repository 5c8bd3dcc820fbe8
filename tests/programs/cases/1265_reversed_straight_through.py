import torch
from torch import nn
import torch.nn.functional as F


class Quantiser(nn.Module):
    def __init__(self, n=6, d=3):
        super().__init__()
        self.enc, self.dec = nn.Linear(4, d), nn.Linear(d, 4)
        self.book = nn.Embedding(n, d)

    def forward(self, x):
        z = self.enc(x)
        idx = torch.cdist(z, self.book.weight).argmin(-1)
        zq = self.book(idx)
        commit = F.mse_loss(z, zq.detach())
        zq = zq + (z - zq).detach()
        return self.dec(zq), commit

    def loss(self, x):
        y, commit = self.forward(x)
        return F.mse_loss(y, x) + 0.25 * commit
