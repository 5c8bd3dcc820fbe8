import torch
from torch import nn
from torch.autograd import Function


class ScaleOp(Function):
    @staticmethod
    def forward(ctx, x, gamma):
        ctx.save_for_backward(gamma)
        return x * gamma

    @staticmethod
    def backward(ctx, grad_out):
        (gamma,) = ctx.saved_tensors
        return grad_out * gamma, None


class Amplifier(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((d,), 0.5))

    def loss(self, x, y):
        return (ScaleOp.apply(x, self.gamma) - y).pow(2).mean()
