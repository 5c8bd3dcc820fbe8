import torch
from torch.autograd.function import Function


class Gate(Function):
    @staticmethod
    def forward(ctx, x, m):
        ctx.save_for_backward(x, m)
        return x * m

    @staticmethod
    def backward(ctx, g):
        x, m = ctx.saved_tensors
        return g * m, None


gate = Gate.apply


def gated_sum(x, m):
    return gate(x, m).square().sum()
