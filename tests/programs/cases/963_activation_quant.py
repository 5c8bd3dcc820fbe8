import torch
from torch import nn
import torch.nn.functional as F


class FakeQuant(nn.Module):
    def __init__(self, bits=4):
        super().__init__()
        self.fc = nn.Linear(5, 3)
        self.alpha = nn.Parameter(torch.tensor(0.5))
        self.levels = 2 ** bits - 1

    def pact(self, x):
        x = torch.minimum(torch.relu(x), self.alpha)
        step = self.alpha / self.levels
        return torch.round(x / step) * step

    def loss(self, x, y):
        return F.mse_loss(self.pact(self.fc(x)), y)
