import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class Sharpen(Function):
    @staticmethod
    def forward(ctx, x, k, inplace=False):
        y = torch.sigmoid(k * x)
        ctx.k = k
        ctx.save_for_backward(y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return ctx.k * g * y * (1 - y), None, None


def scaled_gate(x, k):
    return (Sharpen.apply(x, k, False) - 0.25).abs().sum()
