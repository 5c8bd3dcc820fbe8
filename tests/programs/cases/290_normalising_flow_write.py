import math

import torch
from torch import nn


class CouplingFlow(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.half = dim // 2
        self.scale = nn.Linear(self.half, self.half)
        self.shift = nn.Linear(self.half, self.half)

    def couple(self, x):
        log_s = torch.tanh(self.scale(x[:, : self.half]))
        s = log_s.exp()
        z = x[:, self.half :] * s + self.shift(x[:, : self.half])
        s.add_(1e-6)
        return torch.cat([x[:, : self.half], z], dim=1), s.log().sum(1)

    def bits_per_dim(self, x):
        z, log_det = self.couple(x)
        log_prior = -0.5 * (z.square() + math.log(2 * math.pi)).sum(1)
        return -(log_prior + log_det).mean() / (x.shape[1] * math.log(2))
