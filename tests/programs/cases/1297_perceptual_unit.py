import torch
from torch import nn


def unit(feat, eps=1e-10):
    size = torch.sqrt(torch.sum(feat ** 2, dim=1, keepdim=True))
    return feat / (size + eps)


class Perceptual:
    def __init__(self):
        self.layers = nn.ModuleList([nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3)]).requires_grad_(False)

    def pyramid(self, img):
        for layer in self.layers:
            img = torch.relu(layer(img))
            yield unit(img)

    def __call__(self, img, ref):
        with torch.no_grad():
            goal = list(self.pyramid(ref))
        return sum((a - b).square().mean() for a, b in zip(self.pyramid(img), goal))
