import torch
from torch import nn


class TempScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.temp = nn.Parameter(torch.ones(1) * 1.5)

    def scaled(self, logits):
        t = nn.Parameter(self.temp.clamp(min=0.05))
        return logits / t

    def loss(self, logits, y):
        return nn.functional.cross_entropy(self.scaled(logits), y)
