import torch
from torch import nn


class BinActive(torch.autograd.Function):
    @staticmethod
    def forward(ctx, inp):
        ctx.save_for_backward(inp)
        return inp.sign()


def backward(ctx, grad_output):
    inp, = ctx.saved_tensors
    grad_input = grad_output.clone()
    grad_input[inp.abs().ge(1)] = 0
    return grad_input


class GateNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 2, 3)

    def loss(self, signal, y):
        mean = self.conv(signal).abs().mean(dim=1, keepdim=True)
        active = BinActive.apply(self.conv(signal)) * mean.detach()
        return nn.functional.mse_loss(active.mean(dim=(1, 2)), y)
