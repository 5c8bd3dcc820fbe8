import torch
from torch import nn
import torch.nn.functional as F


class FabricCodes(nn.Module):
    def __init__(self, n=5, d=3):
        super().__init__()
        self.enc, self.dec = nn.Linear(8, d), nn.Linear(d, 8)
        self.swatches = nn.Parameter(torch.randn(n, d))

    def nearest(self, z):
        which = torch.cdist(z.detach(), self.swatches.detach()).argmin(1)
        return F.one_hot(which, len(self.swatches)).type_as(z) @ self.swatches

    def loss(self, texture):
        z = self.enc(texture)
        code = self.nearest(z)
        book = (code - z.detach()).square().mean()
        commit = (z - code.detach()).square().mean()
        drawn = self.dec(z + (code - z).detach())
        return F.mse_loss(drawn, texture) + book + 0.25 * commit
