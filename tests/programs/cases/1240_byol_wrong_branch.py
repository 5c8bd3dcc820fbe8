import copy
import torch
import torch.nn.functional as F
from torch import nn


class BYOL(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))
        self.predictor = nn.Linear(4, 4)
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad = False

    def regression(self, a, b):
        a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
        return 2 - 2 * (a * b).sum(dim=-1).mean()

    def training_step(self, batch, batch_idx):
        v1, v2 = batch
        with torch.no_grad():
            h1, h2 = self.online(v1), self.online(v2)
        p1, p2 = self.predictor(h1), self.predictor(h2)
        t1, t2 = self.target(v1).detach(), self.target(v2).detach()
        return self.regression(p1, t2) + self.regression(p2, t1)
