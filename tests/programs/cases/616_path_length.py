import math

import torch
from torch import nn


class PathRegulariser(nn.Module):
    def __init__(self, decay=0.01):
        super().__init__()
        self.decay = decay
        self.register_buffer("mean", torch.zeros(()))

    def forward(self, g, w):
        img = g(w)
        noise = torch.randn_like(img) / math.sqrt(img.shape[1])
        jac, = torch.autograd.grad((img * noise).sum(), w)
        length = jac.pow(2).sum(1).sqrt()
        self.mean.lerp_(length.mean().detach(), self.decay)
        return (length - self.mean).pow(2).mean()
