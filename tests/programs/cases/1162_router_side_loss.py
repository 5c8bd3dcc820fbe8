import torch
from torch import nn
import torch.nn.functional as F


class CarryLoss(torch.autograd.Function):
    """Hands `x` through; in backward the side loss gets a gradient of one."""

    @staticmethod
    def forward(ctx, x, side):
        ctx.wanted = side.requires_grad
        ctx.dtype = side.dtype
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        side = torch.ones((), dtype=ctx.dtype) if ctx.wanted else None
        return grad_output, side


class Router(nn.Module):
    def __init__(self, experts=4):
        super().__init__()
        self.gate, self.out = nn.Linear(5, experts), nn.Linear(5, 2)

    def loss(self, x, y):
        share = self.gate(x).softmax(-1)
        load = F.one_hot(share.argmax(-1), share.shape[-1]).float().mean(0)
        side = 0.01 * share.shape[-1] * (load * share.mean(0)).sum()
        return F.cross_entropy(self.out(CarryLoss.apply(x, side)), y)
