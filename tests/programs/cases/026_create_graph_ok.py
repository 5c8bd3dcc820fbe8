import torch
from torch import nn


class SobolevLoss(nn.Module):
    def __init__(self, net, w=0.5):
        super().__init__()
        self.net = net
        self.w = w

    def forward(self, x, y, dy):
        x = x.detach().clone().requires_grad_()
        with torch.enable_grad():
            out = self.net(x)
            slope = torch.autograd.grad(out.sum(), x, create_graph=True)[0]
        value = (out - y).pow(2).mean()
        return value + self.w * (slope - dy).pow(2).sum(-1).mean()
