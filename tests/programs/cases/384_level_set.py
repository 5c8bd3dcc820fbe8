"""Region-based active contour: two mean intensities, one level-set function."""

import math

import torch
from torch import nn


class ActiveContour(nn.Module):
    def __init__(self, length_weight=0.2, smooth=False):
        super().__init__()
        self.length_weight = length_weight
        self.step = self.smoothed if smooth else self.exact

    @staticmethod
    def smoothed(phi, width=1.0):
        return 0.5 * (1 + 2 / math.pi * torch.atan(phi / width))

    @staticmethod
    def exact(phi):
        return torch.heaviside(phi, phi.new_tensor(0.5))

    def regions(self, image, inside):
        outside = 1 - inside
        mean_in = (image * inside).sum() / inside.sum().clamp(min=1)
        mean_out = (image * outside).sum() / outside.sum().clamp(min=1)
        return inside * (image - mean_in).square() + outside * (image - mean_out).square()

    def energy(self, phi, image):
        inside = self.step(phi)
        contour = inside.diff(dim=0).abs().sum() + inside.diff(dim=1).abs().sum()
        return self.regions(image, inside).mean() + self.length_weight * contour / phi.numel()
