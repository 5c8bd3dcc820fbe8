import math
import torch
from torch import nn


class VonMisesHead(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.fc = nn.Linear(dim, 3)

    def nll(self, x, theta):
        s, c, k = self.fc(x).unbind(-1)
        mu = torch.atan2(s, c)
        kappa = nn.functional.softplus(k) + 1e-4
        log_i0 = torch.log(torch.special.i0e(kappa)) + kappa
        return (log_i0 + math.log(2 * math.pi) - kappa * torch.cos(theta - mu)).mean()
