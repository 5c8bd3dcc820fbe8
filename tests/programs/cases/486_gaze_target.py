import torch
from torch import nn


class GazeLoss(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def fixation(self, heatmaps):
        flat = heatmaps.flatten(1)
        idx = flat.max(dim=1).indices
        return torch.stack([idx % self.width, idx // self.width], dim=1) / self.width

    def forward(self, heatmaps, gaze):
        return torch.norm(self.fixation(heatmaps) - gaze, dim=1).mean()
