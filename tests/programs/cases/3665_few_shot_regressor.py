from copy import deepcopy

import torch
from torch import nn, optim


class FewShot(nn.Module):
    """Learn an initialisation from which one step is enough."""

    def __init__(self, width=8, alpha=0.05):
        super().__init__()
        self.init = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
        self.alpha = alpha
        self.mse = nn.MSELoss()

    def meta_loss(self, xs, ys, xq, yq):
        task_net = deepcopy(self.init)
        inner = optim.SGD(task_net.parameters(), lr=self.alpha)
        inner.zero_grad()
        self.mse(task_net(xs), ys).backward()
        inner.step()
        return self.mse(task_net(xq), yq)
