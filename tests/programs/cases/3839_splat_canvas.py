import torch
from torch import nn


class Splat(nn.Module):
    """draws soft discs on a canvas and compares with a picture"""

    def __init__(self, discs=3, size=8):
        super().__init__()
        self.centers = nn.Parameter(torch.rand(discs, 2))
        self.colors = nn.Parameter(torch.rand(discs))
        grid = torch.linspace(0, 1, size)
        self.register_buffer("yy", grid[:, None].expand(size, size))
        self.register_buffer("xx", grid[None, :].expand(size, size))

    def render(self):
        layers = torch.zeros(len(self.colors), *self.xx.shape)
        for i, (cx, cy) in enumerate(self.centers):
            d2 = (self.xx - cx) ** 2 + (self.yy - cy) ** 2
            layers[i] = self.colors[i] * torch.exp(-40 * d2)
        canvas = torch.zeros_like(self.xx)
        for layer in layers:
            canvas += layer
        canvas[0, :] = 0.0
        return canvas

    def forward(self, picture):
        out = self.render()
        loss = (out - picture).pow(2).mean()
        loss += 1e-3 * self.colors.abs().sum()
        return loss
