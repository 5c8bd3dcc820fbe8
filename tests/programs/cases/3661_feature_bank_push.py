import torch
from torch import nn
import torch.nn.functional as F


class FeatureBank:
    def __init__(self, size=64):
        self.size = size
        self.feats = None

    def negatives(self):
        return self.feats

    def push(self, feats):
        if self.feats is None:
            self.feats = feats
        else:
            self.feats = torch.cat([feats, self.feats])[: self.size]


class Contrast(nn.Module):
    def __init__(self, t=0.2):
        super().__init__()
        self.enc = nn.Linear(5, 6)
        self.bank = FeatureBank()
        self.t = t

    def loss(self, x, x2):
        q = F.normalize(self.enc(x), dim=-1)
        k = F.normalize(self.enc(x2), dim=-1)
        self.bank.push(k)
        bank = self.bank.negatives()
        sim = q @ bank.t() / self.t
        return F.cross_entropy(sim, torch.arange(len(x)))
