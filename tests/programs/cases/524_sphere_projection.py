import torch
from torch.autograd import Function


class ToSphere(Function):
    @staticmethod
    def forward(ctx, v):
        n = v.norm(dim=-1, keepdim=True)
        out = v / n
        ctx.save_for_backward(out, n)
        return out

    @staticmethod
    def backward(ctx, g):
        out, n = ctx.saved_tensors
        tangent = g - (g * out).sum(-1, keepdim=True) * out
        return torch.zeros_like(tangent / n)


def sphere_loss(v, target):
    return (1 - (ToSphere.apply(v) * target).sum(-1)).mean()
