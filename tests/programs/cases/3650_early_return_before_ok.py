import torch
from torch import nn
import torch.nn.functional as F


class Trainer:
    def __init__(self):
        self.net = nn.Linear(3, 1)
        self.best = None

    def score(self, val):
        if not val:
            return None
        torch.set_grad_enabled(False)
        errors = [F.l1_loss(self.net(x), y).item() for x, y in val]
        if max(errors) > 1e6:
            torch.set_grad_enabled(True)
            return None
        torch.set_grad_enabled(True)
        return sum(errors) / len(errors)

    def training_loss(self, batch, val):
        self.best = self.score(val) or self.best
        x, y = batch
        return F.mse_loss(self.net(x), y)
