import torch
import torch.nn as nn
import torch.nn.functional as F


class Sim(nn.Module):
    def __init__(self, size=12, d=5):
        super().__init__()
        self.f = nn.Linear(6, d)
        self.register_buffer("bank", F.normalize(torch.randn(size, d), dim=1))
        self.ptr = 0

    @torch.no_grad()
    def enqueue(self, z):
        bank = self.bank.clone()
        bank[self.ptr:self.ptr + len(z)] = z
        self.bank = bank
        self.ptr = (self.ptr + len(z)) % len(bank)

    def loss(self, a, b):
        za, zb = F.normalize(self.f(a), dim=1), F.normalize(self.f(b), dim=1)
        logits = torch.cat([za @ zb.T, torch.einsum("nd,kd->nk", za, self.bank)], 1) / 0.1
        self.enqueue(zb)
        return F.cross_entropy(logits, torch.arange(len(a)))
