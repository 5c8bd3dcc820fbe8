from functools import cached_property

import torch
from torch import nn
import torch.nn.functional as F


class Deblur(nn.Module):
    def __init__(self, k=5):
        super().__init__()
        self.k = k
        self.log_sigma = nn.Parameter(torch.zeros(()))

    @cached_property
    def kernel(self):
        t = torch.arange(self.k) - self.k // 2
        g = torch.exp(-0.5 * (t / self.log_sigma.exp()) ** 2)
        return (g / g.sum()).view(1, 1, -1)

    def loss(self, sharp, blurred):
        return F.mse_loss(F.conv1d(sharp, self.kernel), blurred)
