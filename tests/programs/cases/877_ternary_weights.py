import torch
from torch import nn


class Ternarize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        delta = 0.7 * w.abs().mean()
        return (w > delta).float() - (w < -delta).float()

    @staticmethod
    def backward(ctx, grad_output):
        grad_input = torch.zeros_like(grad_output)
        return grad_input


class TernaryLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, 5))

    def loss(self, x, y):
        return (x @ Ternarize.apply(self.weight).t() - y).pow(2).mean()
