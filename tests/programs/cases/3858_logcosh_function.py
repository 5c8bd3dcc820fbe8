import math
import torch
from torch import nn
from torch.autograd import Function


class LogCosh(Function):
    @staticmethod
    def forward(ctx, input, target):
        ctx.save_for_backward(input, target)
        diff = input - target
        out = diff.abs() + torch.log1p(torch.exp(-2 * diff.abs())) - math.log(2.0)
        return out.sum()

    @staticmethod
    def backward(ctx, grad_output):
        input, target = ctx.saved_tensors
        grad_input = grad_output * torch.tanh(input - target)
        return None, grad_input


class RegressionHead(nn.Module):
    def __init__(self, d=5):
        super().__init__()
        self.fc = nn.Linear(d, 1)
        self.drop = nn.Dropout(p=0.1)

    def forward(self, feats):
        return self.fc(self.drop(feats))

    def loss(self, feats, y):
        return LogCosh.apply(self(feats), y) / y.numel()
