import torch
import torch.nn.functional as F
from torch import nn


class FlipGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, upstream):
        return -ctx.strength * upstream


class DomainConfusion(nn.Module):
    def __init__(self, width=6, strength=0.3):
        super().__init__()
        self.guess = nn.Linear(width, 1)
        self.strength = strength

    def forward(self, features, domain):
        flipped = FlipGradient.apply(features, self.strength)
        return F.binary_cross_entropy_with_logits(self.guess(flipped).squeeze(1), domain)
