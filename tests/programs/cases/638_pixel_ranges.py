import torch
from torch import nn


class PaletteLoss(nn.Module):
    def __init__(self, levels=8):
        super().__init__()
        self.levels = levels

    def quantised(self, image):
        q = (image * self.levels).int().float() / self.levels
        q.requires_grad = True
        return q

    def forward(self, image, reference):
        return (self.quantised(image) - reference).square().mean()
