import torch
import torch.nn as nn
import torch.nn.functional as F


class Smoother:
    """Averages the loss of a batch over the last few."""

    def __init__(self, keep=2):
        self.values, self.keep = [], keep

    def __call__(self, value):
        self.values = [*self.values, value][-self.keep:]
        return torch.as_tensor(self.values).mean()


class Runner:
    def __init__(self):
        self.model = nn.Linear(3, 2)
        self.callbacks = [Smoother()]

    def run_batch(self, x, y):
        loss = F.cross_entropy(self.model(x), y)
        for cb in self.callbacks:
            loss = cb(loss)
        return loss
