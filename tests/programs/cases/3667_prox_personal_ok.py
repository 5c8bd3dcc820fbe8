import copy

import torch
from torch import nn
import torch.nn.functional as F


class Client(nn.Module):
    """pFedMe: a personal copy is trained, and the shared network is pulled to it."""

    def __init__(self, lam=15.0):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.lam = lam

    @staticmethod
    def gap(left, right):
        return sum((p - q).pow(2).sum() for p, q in zip(left, right))

    def personal_loss(self, x, y):
        personal = copy.deepcopy(self.net)
        opt = torch.optim.SGD(personal.parameters(), lr=0.05)
        for _ in range(3):
            opt.zero_grad()
            prox = self.gap(personal.parameters(), [q.detach() for q in self.net.parameters()])
            (F.cross_entropy(personal(x), y) + 0.5 * self.lam * prox).backward()
            opt.step()
        return 0.5 * self.lam * self.gap([p.detach() for p in personal.parameters()], self.net.parameters())
