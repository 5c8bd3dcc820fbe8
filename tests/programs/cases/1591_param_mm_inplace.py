import torch
import torch.nn as nn


class Accumulate(nn.Module):
    def __init__(self):
        super(Accumulate, self).__init__()
        self.param = nn.Parameter(torch.randn(3, 10))

    def forward(self, a):
        b = torch.zeros(10, 1)
        y = 0
        for i in range(10):
            b[i] = b[i] + a[i]
            y = y + torch.mm(self.param, b)
        return y.pow(2).sum()
