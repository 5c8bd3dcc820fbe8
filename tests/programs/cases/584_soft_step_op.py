import torch
from torch import nn


class SoftStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, sharp=5.0):
        ctx.sharp = sharp
        ctx.x = x
        return (x > 0).float()

    @staticmethod
    def backward(ctx, g):
        with torch.no_grad():
            s = torch.sigmoid(ctx.sharp * ctx.x)
        return None, g * ctx.sharp * s * (1 - s)


class StepNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(3, 1)

    def loss(self, x, rate):
        return (SoftStep.apply(self.lin(x), 5.0).mean() - rate).pow(2)
