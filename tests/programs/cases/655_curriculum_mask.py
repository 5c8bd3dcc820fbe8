import torch
from torch import nn
import torch.nn.functional as F


class SelfPaced(nn.Module):
    def __init__(self, age=1.2, grow=1.1):
        super().__init__()
        self.age, self.grow = age, grow

    def forward(self, logits, y):
        each = F.cross_entropy(logits, y, reduction="none")
        easy = each.detach() < self.age
        self.age = min(self.age * self.grow, 10.0)
        if not easy.any():
            easy = each.detach() == each.min()
        return each[easy].mean()
