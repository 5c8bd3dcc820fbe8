"""Binary codes for image retrieval; the gradient is let through inside the unit interval."""

import torch
import torch.nn.functional as F
from torch import nn


class Binarise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        code = torch.where(x >= 0, 1.0, -1.0)
        ctx.save_for_backward(code)
        return code

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        inside = x.abs() < 1
        return grad * inside


class HashRetrieval(nn.Module):
    def __init__(self, n_in=6, bits=8):
        super().__init__()
        self.project = nn.Linear(n_in, bits)
        self.bits = bits

    def codes(self, images):
        return Binarise.apply(torch.tanh(self.project(images)))

    def similarity(self, a, b):
        return a @ b.T / self.bits

    def loss(self, images, labels):
        same = (labels[:, None] == labels[None]).float()
        codes = self.codes(images)
        return F.binary_cross_entropy_with_logits(4 * self.similarity(codes, codes), same)
