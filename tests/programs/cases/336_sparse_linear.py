"""Dynamic sparsity: forward uses a pruned weight, backward should reach the dense one."""

import torch
import torch.nn.functional as F
from torch import nn


class PruneMatmul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, keep):
        magnitude = weight.abs()
        cut = magnitude.flatten().kthvalue(int((1 - keep) * weight.numel()) + 1).values
        mask = magnitude >= cut
        ctx.save_for_backward(x, weight, mask)
        return x @ (weight * mask).t()

    @staticmethod
    def backward(ctx, grad):
        x, weight, mask = ctx.saved_tensors
        grad_x = grad @ (weight * mask)
        grad_weight = None
        if ctx.needs_input_grad[2]:
            grad_weight = grad.t() @ x
        return grad_x, grad_weight, None


class SparseLinear(nn.Module):
    def __init__(self, n_in, n_out, keep=0.5):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
        self.keep = keep

    def forward(self, x):
        return PruneMatmul.apply(x, self.weight, self.keep)


class PrunedClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = SparseLinear(6, 8)
        self.out = nn.Linear(8, 3)

    def loss(self, x, y):
        return F.cross_entropy(self.out(self.layer(x).relu()), y)
