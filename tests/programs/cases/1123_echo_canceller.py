import torch
from torch import nn


class EchoCanceller(nn.Module):
    def __init__(self, taps=4):
        super().__init__()
        self.taps = nn.Parameter(0.1 * torch.randn(taps))

    def filtered(self, far):
        frames = far.unfold(-1, self.taps.numel(), 1)
        kernel = self.taps.data
        kernel = kernel / (kernel.abs().sum() + 1e-6)
        return frames @ kernel

    def error(self, far, near):
        residue = near[..., self.taps.numel() - 1:] - self.filtered(far)
        return residue.pow(2).mean(-1).clamp(min=1e-10).log10().mul(10).mean()
