import torch
from torch import nn
import torch.nn.functional as F


class ContextMixer(nn.Module):
    def __init__(self, d=6):
        super().__init__()
        self.q = nn.Linear(d, d, bias=False)
        self.k = nn.Linear(d, d, bias=False)
        self.v = nn.Linear(d, d, bias=False)

    def mix(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        w = F.softmax(q @ k.transpose(-2, -1) / 6 ** 0.5, dim=-1)
        return x + w @ v.data

    def loss(self, x, y):
        return F.smooth_l1_loss(self.mix(x), y)
