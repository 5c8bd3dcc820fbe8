import torch
from torch import nn
import torch.nn.functional as F


class Smooth(nn.Module):
    def __init__(self, weight=0.5):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.weight = weight

    def wobble(self, x):
        with torch.no_grad():
            a = self.net(x).softmax(-1)
            b = self.net(x + 0.1 * torch.randn_like(x)).softmax(-1)
            return (a - b).square().sum(-1).mean()

    def loss(self, x, y):
        return F.cross_entropy(self.net(x), y) + self.weight * self.wobble(x)
