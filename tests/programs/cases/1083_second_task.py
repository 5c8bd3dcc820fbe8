import torch
from torch import nn
import torch.nn.functional as F


class ContinualTagger(nn.Module):
    def __init__(self, lam=40.0):
        super().__init__()
        self.net = nn.Linear(5, 3)
        self.lam = lam
        self.fisher, self.saved = {}, {}

    def after_task(self, loader):
        for n, p in self.net.named_parameters():
            self.saved[n], self.fisher[n] = p.data.clone(), torch.zeros_like(p)
        for x, y in loader:
            self.net.zero_grad()
            F.cross_entropy(self.net(x), y).backward()
            for n, p in self.net.named_parameters():
                self.fisher[n] += p.grad.data.clone().pow(2) / len(loader)
        self.net.zero_grad()

    def penalty(self):
        loss = 0
        for n, p in self.net.named_parameters():
            drift = p.data - self.saved[n]
            loss = loss + (self.fisher[n] * drift.pow(2)).sum()
        return self.lam * loss

    def loss(self, x, y):
        return F.cross_entropy(self.net(x), y) + self.penalty()
