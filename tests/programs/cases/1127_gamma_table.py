import torch
from torch import nn


class ToneCurve(nn.Module):
    def __init__(self, size=16):
        super().__init__()
        self.exposure = nn.Parameter(torch.tensor(1.1))
        self.register_buffer("curve", torch.linspace(0, 1, size).sqrt())

    def render(self, raw):
        bright = (raw * self.exposure).clamp(0, 1) * (len(self.curve) - 1)
        return self.curve[bright.to(torch.int64)]

    def forward(self, raw, graded):
        return (self.render(raw) - graded).abs().mean()
