import torch


class RoundThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, step):
        ctx.save_for_backward(x)
        return torch.round(x / step) * step

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() < 4).to(g.dtype), None


def code_loss(pred, y, step=0.25):
    return (RoundThrough.apply(pred, step) - y).pow(2).mean()
