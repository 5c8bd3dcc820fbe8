import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def hard_sigmoid(x):
    return torch.min(torch.max(x, torch.zeros_like(x)), torch.ones_like(x))


class _L0Norm(nn.Module):
    def __init__(self, origin, loc_mean=0.0, beta=2 / 3, gamma=-0.1, zeta=1.1):
        super().__init__()
        self._origin = origin
        self._size = self._origin.weight.size()
        self.loc = nn.Parameter(torch.zeros(self._size).normal_(loc_mean, 0.01))
        self.temp = beta
        self.register_buffer("uniform", torch.zeros(self._size))
        self.gamma, self.zeta = gamma, zeta
        self.gamma_zeta_ratio = math.log(-gamma / zeta)
        self.mask = nn.Parameter(torch.zeros(self._size), requires_grad=False)

    def _get_mask(self):
        if self.training:
            self.uniform.uniform_(0.01, 0.99)
            u = self.uniform
            s = torch.sigmoid((torch.log(u) - torch.log(1 - u) + self.loc) / self.temp)
            s = s * (self.zeta - self.gamma) + self.gamma
            penalty = torch.sigmoid(self.loc - self.temp * self.gamma_zeta_ratio).sum()
        else:
            s = torch.sigmoid(self.loc) * (self.zeta - self.gamma) + self.gamma
            penalty = 0
        self.mask.data = hard_sigmoid(s)
        return self.mask, penalty


class L0Linear(_L0Norm):
    def __init__(self, in_features=4, out_features=3):
        super().__init__(nn.Linear(in_features, out_features))

    def forward(self, input, target):
        mask, penalty = self._get_mask()
        out = F.linear(input, self._origin.weight * mask, self._origin.bias)
        return F.mse_loss(out, target)
