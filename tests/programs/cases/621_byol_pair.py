import copy

import torch
from torch import nn
import torch.nn.functional as F


class Bootstrap(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.online = nn.Linear(5, d)
        self.target = copy.deepcopy(self.online)
        self.predict = nn.Linear(d, d)

    def update(self, tau=0.99):
        for o, t in zip(self.online.parameters(), self.target.parameters()):
            t.data = tau * t.data + (1 - tau) * o.data

    def side(self, a, b):
        p = self.predict(self.online(a))
        z = self.target(b).detach()
        return 2 - 2 * F.cosine_similarity(p, z, dim=-1)

    def loss(self, a, b):
        return (self.side(a, b) + self.side(b, a)).mean()
