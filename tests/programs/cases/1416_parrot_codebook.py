import torch
from torch import nn
import torch.nn.functional as F


class ParrotVQ(nn.Module):
    def __init__(self, codes=5, d=3):
        super().__init__()
        self.enc, self.dec = nn.Linear(4, d), nn.Linear(d, 4)
        self.book = nn.Parameter(torch.randn(codes, d))

    def lookup(self, z):
        which = torch.cdist(z, self.book).argmin(dim=1)
        return self.book[which], which

    def loss(self, call, commitment=0.25):
        z = self.enc(call)
        code, which = self.lookup(z)
        passed = z + (code - z).detach()
        self.used = which.unique().numel()
        terms = [F.mse_loss(self.dec(passed), call), F.mse_loss(code, z.detach())]
        return sum(terms) + commitment * F.mse_loss(z, code.detach())
