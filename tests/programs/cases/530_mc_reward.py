import torch
from torch import nn
import torch.nn.functional as F


class MaskedInput(nn.Module):
    def __init__(self, n=6):
        super().__init__()
        self.keep_logit = nn.Parameter(torch.zeros(n))
        self.head = nn.Linear(n, 2)

    def mask(self):
        p = torch.sigmoid(self.keep_logit)
        return torch.bernoulli(p)

    def loss(self, x, y, cost=0.01):
        m = self.mask()
        return F.cross_entropy(self.head(x * m), y) + cost * m.sum()
