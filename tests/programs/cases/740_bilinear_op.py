import torch
from torch import nn
import torch.nn.functional as F


class OuterScore(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b.t()

    @staticmethod
    def backward(ctx, grad_out):
        a, b = ctx.saved_tensors
        grad_a = grad_b = None
        if ctx.needs_input_grad[0]:
            grad_a = grad_out @ b
        return grad_a, grad_b


class MatchModel(nn.Module):
    def __init__(self, n=4, d=3):
        super().__init__()
        self.a = nn.Parameter(torch.randn(n, d))
        self.b = nn.Parameter(torch.randn(n, d))

    def loss(self):
        return F.cross_entropy(OuterScore.apply(self.a, self.b), torch.arange(len(self.a)))
