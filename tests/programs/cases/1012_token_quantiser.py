import torch
from torch import nn
import torch.nn.functional as F


class QuantLinear(nn.Linear):
    def __init__(self, n_in=6, n_out=4, w_bit=4, a_bit=4):
        super().__init__(n_in, n_out)
        self.w_qmax, self.a_qmax = 2 ** (w_bit - 1), 2 ** (a_bit - 1)
        self.w_interval = (self.weight.data.abs().max() / (self.w_qmax - 0.5)).detach()
        self.a_interval = nn.Parameter(torch.tensor(0.3))

    def quant_weight(self):
        w = (self.weight / self.w_interval).round_().clamp_(-self.w_qmax, self.w_qmax - 1)
        return w.mul_(self.w_interval)

    def quant_input(self, x):
        q = (x / self.a_interval).round_().clamp_(-self.a_qmax, self.a_qmax - 1)
        return q.mul_(self.a_interval)

    def forward(self, x):
        return F.linear(self.quant_input(x), self.quant_weight(), self.bias)

    def reconstruction(self, x, full):
        return (self(x) - full).square().mean()
