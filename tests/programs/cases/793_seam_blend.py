import torch
from torch import nn


class StitchLoss(nn.Module):
    def __init__(self, overlap=2):
        super().__init__()
        self.overlap = overlap

    def stitch(self, left, right):
        k, w = self.overlap, left.shape[-1]
        out = left.new_zeros(*left.shape[:-1], 2 * w - k)
        ramp = torch.linspace(1, 0, k)
        out[..., :w - k] = left[..., :w - k]
        out[..., w:] = right[..., k:]
        out[..., w - k:w] = ramp * left[..., -k:] + (1 - ramp) * right[..., :k]
        return out

    def forward(self, left, right, whole):
        return (self.stitch(left, right) - whole).abs().mean()
