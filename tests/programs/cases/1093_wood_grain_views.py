import copy
import torch
from torch import nn
import torch.nn.functional as F


class GrainViews(nn.Module):
    def __init__(self, dim=6, out=4, tau=0.99):
        super().__init__()
        self.online = nn.Linear(dim, out)
        self.predictor = nn.Sequential(nn.Linear(out, 8), nn.ReLU(), nn.Linear(8, out))[0]
        self.project = nn.Linear(8, out)
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad = False
        self.tau = tau

    @staticmethod
    def distance(p, z):
        p, z = F.normalize(p, dim=-1), F.normalize(z, dim=-1)
        return 2 - 2 * (p.detach() * z).sum(dim=-1)

    @torch.no_grad()
    def update_target(self):
        for o, t in zip(self.online.parameters(), self.target.parameters()):
            t.data = t.data * self.tau + o.data * (1 - self.tau)

    def loss(self, a, b):
        pa = self.project(F.relu(self.predictor(self.online(a))))
        pb = self.project(F.relu(self.predictor(self.online(b))))
        za, zb = self.target(a), self.target(b)
        self.update_target()
        return (self.distance(pa, zb) + self.distance(pb, za)).mean()
