import copy
import torch
from torch import nn
import torch.nn.functional as F


class BarkViews(nn.Module):
    def __init__(self, dim=6, out=4, tau=0.99):
        super().__init__()
        self.online = nn.Sequential(nn.Linear(dim, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, out))
        self.predictor = nn.Linear(out, out)
        self.target = self._target()
        self.tau = tau

    def _target(self):
        target = copy.deepcopy(self.online)
        for p in target.parameters():
            p.requires_grad = False
        return target

    @staticmethod
    def regression(p, z):
        return 2 - 2 * (F.normalize(p, dim=-1) * F.normalize(z, dim=-1)).sum(-1)

    def update(self):
        for online, ema in zip(self.online.parameters(), self.target.parameters()):
            ema.data = ema.data * self.tau + (1 - self.tau) * online.data

    def loss(self, a, b):
        pa, pb = self.predictor(self.online(a)), self.predictor(self.online(b))
        with torch.no_grad():
            self.update()
            za, zb = self.target(a), self.target(b)
        loss = self.regression(pa, zb.detach()) + self.regression(pb, za.detach())
        return loss.mean()
