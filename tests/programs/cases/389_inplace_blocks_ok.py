"""In-place activations and skip connections that touch nothing which backward reads."""

import torch
import torch.nn.functional as F
from torch import nn


class Stage(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x):
        y = self.body(x)
        y *= 0.1
        y += x
        return F.leaky_relu_(y, 0.1)


class Restorer(nn.Module):
    def __init__(self, channels=4, stages=2):
        super().__init__()
        self.head = nn.Conv2d(3, channels, 1)
        self.stages = nn.ModuleList(Stage(channels) for _ in range(stages))
        self.tail = nn.Conv2d(channels, 3, 1)

    def forward(self, image):
        h = self.head(image)
        for stage in self.stages:
            h = stage(h)
        out = self.tail(h)
        out += image
        border = out.clone()
        border[..., 1:-1, 1:-1] = 0
        return out, border

    def loss(self, image, clean):
        out, border = self(image)
        error = out.sub_(clean).abs_().clamp_(max=10.0)
        weight = torch.ones_like(error)
        weight[..., :1, :] += 1.0
        weight[error > 1.0] = 0.5
        return (weight * error).mean() + 0.01 * border.square().mean()
