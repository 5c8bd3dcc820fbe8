import torch


class PseudoHuber(torch.autograd.Function):
    @staticmethod
    def forward(ctx, r, delta):
        root = torch.sqrt(1 + (r / delta) ** 2)
        ctx.save_for_backward(r, root)
        ctx.delta = delta
        return delta ** 2 * (root - 1)

    @staticmethod
    def backward(ctx, grad_output):
        r, root = ctx.saved_tensors
        grad = r / root
        grad_output * grad


def robust_loss(residual, delta=0.7):
    return PseudoHuber.apply(residual, delta).mean()
