import torch
from torch.autograd.function import once_differentiable


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sigmoid(x)
        ctx.save_for_backward(x, s)
        return x * s

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, s = ctx.saved_tensors
        return g * (s + x * s * (1 - s))


def penalised(w, x):
    x = x.clone().requires_grad_(True)
    y = Swish.apply(x @ w).sum()
    gx, = torch.autograd.grad(y, x, create_graph=True)
    return (gx.norm(dim=1) - 1).pow(2).mean()
