import copy

import torch
import torch.nn as nn
import torch.nn.functional as F


class MetaLearner(nn.Module):
    def __init__(self, d=4, n_cls=3, inner_lr=0.1, inner_steps=2):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, 8), nn.Tanh(), nn.Linear(8, n_cls))
        self.inner_lr = inner_lr
        self.inner_steps = inner_steps

    def adapt(self, support):
        x, y = support
        learner = copy.deepcopy(self.net)
        opt = torch.optim.SGD(learner.parameters(), lr=self.inner_lr)
        for _ in range(self.inner_steps):
            opt.zero_grad()
            F.cross_entropy(learner(x), y).backward()
            opt.step()
        return learner

    def outer_loss(self, tasks):
        losses = []
        for support, query in tasks:
            learner = self.adapt(support)
            x, y = query
            losses.append(F.cross_entropy(learner(x), y))
        return torch.stack(losses).mean()
