import torch


class ScaledRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x, scale)
        return scale * x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_out):
        x, scale = ctx.saved_tensors
        grad_x = grad_out * scale * (x > 0)
        return grad_x, None


def activation_loss(x, scale, y):
    return (ScaledRelu.apply(x, scale) - y).abs().mean()
