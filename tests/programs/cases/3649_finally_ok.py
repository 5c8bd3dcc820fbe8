import torch
from torch import nn
import torch.nn.functional as F


class Trainer:
    def __init__(self):
        self.net = nn.Linear(3, 1)
        self.history = []

    def score(self, val):
        torch.set_grad_enabled(False)
        try:
            errors = [F.l1_loss(self.net(x), y).item() for x, y in val]
            return sum(errors) / len(errors)
        finally:
            torch.set_grad_enabled(True)

    def training_loss(self, batch, val):
        try:
            self.history.append(self.score(val))
        except ZeroDivisionError:
            self.history.append(None)
        x, y = batch
        return F.mse_loss(self.net(x), y)
