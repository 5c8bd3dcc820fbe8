import torch
from torch import nn
import torch.nn.functional as F


class TernaryNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 6))
        self.bias = nn.Parameter(torch.zeros(3))

    def ternary(self):
        scale = self.weight.detach().abs().mean()
        return (self.weight / scale).clamp(-1, 1).round() * scale

    def loss(self, x, y):
        return F.cross_entropy(F.linear(x, self.ternary(), self.bias), y)
