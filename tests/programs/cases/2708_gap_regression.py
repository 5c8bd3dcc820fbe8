import torch
import torch.nn as nn


class Regress(nn.Module):
    """Some patients have no recorded dose."""

    def __init__(self):
        super().__init__()
        self.base = nn.Linear(3, 1)
        self.effect = nn.Parameter(torch.tensor(0.1))

    def loss(self, x, dose, y):
        pred = self.base(x).squeeze(1) + self.effect * dose
        err = (pred - y).abs()
        return err[~err.isnan()].mean()
