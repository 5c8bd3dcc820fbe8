import torch
from torch import nn


class Perceptual(nn.Module):
    def __init__(self, layers=(0, 2)):
        super().__init__()
        self.vgg = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
        for p in self.vgg.parameters():
            p.requires_grad_(False)
        self.layers = layers

    def features(self, x):
        found = []
        for i, layer in enumerate(self.vgg):
            x = layer(x)
            if i in self.layers:
                found.append(x)
        return found

    def forward(self, out, ref):
        with torch.no_grad():
            goal = self.features(ref)
        return sum((a - b).abs().mean() for a, b in zip(self.features(out), goal))
