import torch
from torch import nn


class BoundedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, ceiling):
        ctx.save_for_backward(x)
        ctx.ceiling = ceiling
        return x.clamp(0.0, ceiling)

    @staticmethod
    def backward(ctx, grad_out):
        (x,) = ctx.saved_tensors
        inside = (x > 0) & (x < ctx.ceiling)
        return None, grad_out * inside


class PactNet(nn.Module):
    def __init__(self, ceiling=6.0):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3, padding=1)
        self.fc = nn.Linear(4, 3)
        self.ceiling = ceiling

    def forward(self, x):
        h = BoundedRelu.apply(self.conv(x), self.ceiling)
        return self.fc(h.mean(dim=-1))

    def step(self, x, y):
        return nn.functional.cross_entropy(self(x), y)
