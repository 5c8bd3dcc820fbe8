import torch
from torch.autograd import Function


class Scale(Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x, scale)
        return x * scale

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[1]


def scaled_huber(x, scale):
    y = Scale.apply(x, scale)
    return torch.nn.functional.huber_loss(y, torch.zeros_like(y))
