import torch
from torch import nn
import torch.nn.functional as F


class OrdinalHead(nn.Module):
    def __init__(self, d=4, k=4):
        super().__init__()
        self.fc = nn.Linear(d, k - 1)
        self.k = k

    def encode(self, y):
        y = y.long()
        return (torch.arange(self.k - 1)[None] < y[:, None]).float()

    def loss(self, x, y):
        levels = self.encode(y)
        weights = levels.mean(0).round(decimals=2) + 0.1
        return F.binary_cross_entropy_with_logits(self.fc(x), levels, pos_weight=weights)
