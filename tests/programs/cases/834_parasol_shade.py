import torch
from torch import nn


class Attenuate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, light, cover):
        kept = torch.exp(-cover)
        ctx.save_for_backward(light, kept)
        return light * kept

    @staticmethod
    def backward(ctx, grad):
        light, kept = ctx.saved_tensors
        return grad * kept, None


class Shade(nn.Module):
    def __init__(self, cells=5):
        super().__init__()
        self.cover = nn.Parameter(torch.rand(cells))

    def forward_loss(self, light, comfort):
        return (Attenuate.apply(light, self.cover) - comfort).square().mean()
