import torch
import torch.nn as nn


class FunLSQ(torch.autograd.Function):
    @staticmethod
    def forward(ctx, weight, alpha, g, Qn, Qp):
        ctx.save_for_backward(weight, alpha)
        ctx.other = g, Qn, Qp
        return (weight / alpha).clamp(Qn, Qp).round() * alpha

    @staticmethod
    def backward(ctx, grad_weight):
        weight, alpha = ctx.saved_tensors
        g, Qn, Qp = ctx.other
        q_w = weight / alpha
        small = (q_w < Qn).float()
        big = (q_w > Qp).float()
        middle = 1.0 - small - big
        grad_alpha = ((small * Qn + big * Qp + middle * (-q_w + q_w.round())) * grad_weight * g).sum().unsqueeze(0)
        grad_weight = middle * grad_weight
        return grad_weight, grad_alpha, None, None, None


class LSQLinear(nn.Module):
    def __init__(self, nbits=4):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 4))
        self.alpha = nn.Parameter(torch.ones(1) * 0.2)
        self.Qn, self.Qp = -2 ** (nbits - 1), 2 ** (nbits - 1) - 1

    def loss(self, x, y):
        g = 1.0 / (self.weight.numel() * self.Qp) ** 0.5
        w_q = FunLSQ.apply(self.weight, self.alpha, g, self.Qn, self.Qp)
        return nn.functional.cross_entropy(nn.functional.linear(x, w_q), y)
