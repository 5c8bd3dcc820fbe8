import torch
from torch import nn


class TracedScore(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 1)
        self.head = torch.jit.freeze(torch.jit.trace(self.fc, torch.zeros(1, 3)).eval())

    def loss(self, x, y):
        return (self.head(x).squeeze(-1) - y).pow(2).mean()
