import copy

import torch
from torch import nn


class Search:
    def __init__(self):
        self.net = nn.Linear(4, 1)
        self.best, self.best_state = float("inf"), None

    def objective(self, x, y):
        loss = nn.functional.l1_loss(self.net(x), y)
        if loss.item() < self.best:
            self.best = loss.item()
            self.best_state = copy.deepcopy(self.net.state_dict())
        return loss
