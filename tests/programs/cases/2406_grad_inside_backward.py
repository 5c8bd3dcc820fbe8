import torch
from torch import nn


class WeightedSum(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x0, w):
        ctx.save_for_backward(w, x0)
        return torch.sum(x0 * w)

    @staticmethod
    def backward(ctx, grad_output):
        w, x0 = ctx.saved_tensors
        w, x0 = w.detach().requires_grad_(), x0.detach().requires_grad_()
        out = torch.sum(x0 * w)
        dfdx, dfdw = torch.autograd.grad(out, (x0, w), grad_output, allow_unused=True)
        return dfdx, dfdw


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.rand(2, 3))

    def forward(self, x):
        return WeightedSum.apply(x, self.w)


net = Net()
data = torch.rand(2, 3)


def main():
    gt = 5
    return (net(data) - gt) ** 2
