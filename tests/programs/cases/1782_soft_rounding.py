import torch
from torch import nn


class PixelGrid(nn.Module):
    def snap(self, xy):
        snapped = torch.round(xy)
        return xy + (snapped - xy).detach()

    def forward(self, xy, ref):
        return nn.functional.smooth_l1_loss(self.snap(xy), ref)
