import torch
from torch import nn
import torch.nn.functional as F


class Runner:
    def __init__(self, model, val_batches):
        self.model = model
        self.val_batches = val_batches
        self.history = []

    def validate(self):
        self.model.eval()
        torch.set_grad_enabled(False)
        scores = []
        for x, y in self.val_batches:
            scores.append(F.l1_loss(self.model(x), y).item())
        self.history.append(sum(scores) / len(scores))
        self.model.train()

    def first_step(self, x, y):
        """check that validation runs, then the first optimisation step"""
        if not self.history:
            self.validate()
        out = self.model(x)
        return F.smooth_l1_loss(out, y)


def build():
    model = nn.Sequential(nn.Linear(3, 6), nn.GELU(), nn.Linear(6, 1))
    return Runner(model, [(torch.randn(4, 3), torch.randn(4, 1)) for _ in range(2)])
