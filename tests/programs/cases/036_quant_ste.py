import torch
from torch import nn
import torch.nn.functional as F


class _Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class FakeQuantLinear(nn.Module):
    def __init__(self, n_in, n_out, bits=4):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in))
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.qmax = 2 ** (bits - 1) - 1

    def quantized(self):
        scale = self.weight.detach().abs().amax(dim=1, keepdim=True) / self.qmax
        return _Round.apply(self.weight / scale) * scale

    def loss(self, x, y):
        return F.mse_loss(F.linear(x, self.quantized(), self.bias), y)
