import torch
from torch import nn
import torch.nn.functional as F


class DualNets(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 3)
        self.b = nn.Linear(5, 3)

    def mutual(self, mine, other):
        return F.kl_div(mine.log_softmax(1), other.detach().softmax(1), reduction="batchmean")

    def loss(self, x, y):
        za, zb = self.a(x), self.b(x)
        ce = F.cross_entropy(za, y) + F.cross_entropy(zb, y)
        return ce + self.mutual(za, zb) + self.mutual(zb, za)
