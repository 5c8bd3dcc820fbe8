import torch
from torch import nn
import torch.nn.functional as F


class TaskArithmetic(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.net = nn.Linear(4, 3, bias=False)
        self.vectors = vectors
        self.coef = nn.Parameter(torch.full((len(vectors),), 0.3))

    def merge(self):
        delta = sum(c * v for c, v in zip(self.coef, self.vectors))
        self.net.weight.data += delta

    def loss(self, x, y):
        self.merge()
        return F.cross_entropy(self.net(x), y)
