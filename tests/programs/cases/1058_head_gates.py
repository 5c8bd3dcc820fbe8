import math
import torch
from torch import nn
import torch.nn.functional as F


class GatedHeads(nn.Module):
    def __init__(self, heads=4, dim=3, low=-0.1, high=1.1, temperature=0.33, hard=True):
        super().__init__()
        self.log_a = nn.Parameter(torch.zeros(heads))
        self.value = nn.Linear(dim, heads * dim)
        self.out = nn.Linear(heads * dim, 2)
        self.low, self.high, self.temperature, self.hard = low, high, temperature, hard

    def gates(self):
        if self.training:
            noise = torch.empty_like(self.log_a).uniform_(1e-6, 1 - 1e-6)
            concrete = torch.sigmoid((torch.log(noise) - torch.log(1 - noise) + self.log_a) / self.temperature)
        else:
            concrete = torch.sigmoid(self.log_a)
        clipped = (concrete * (self.high - self.low) + self.low).clamp(0, 1)
        if self.hard:
            clipped = torch.greater(clipped, 0.5).float()
        return clipped

    def loss(self, x, y, lam=0.01):
        v = self.value(x).view(len(x), -1, x.size(-1))
        v = v * self.gates()[None, :, None]
        p_open = torch.sigmoid(self.log_a - self.temperature * math.log(-self.low / self.high))
        return F.cross_entropy(self.out(v.flatten(1)), y) + lam * p_open.clamp(1e-6, 1 - 1e-6).sum()
