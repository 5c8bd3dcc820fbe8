import torch


class FixedPoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, theta):
        ctx.save_for_backward(theta)
        return torch.sin(theta)

    @staticmethod
    def backward(ctx, g):
        (theta,) = ctx.saved_tensors
        return g * torch.zeros_like(theta)


def implicit_loss(theta, y):
    z = FixedPoint.apply(theta)
    return (z - y).pow(2).sum()
