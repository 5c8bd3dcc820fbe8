import torch
from torch import nn


class CompletionLoss(nn.Module):
    def __init__(self, gamma=0.7):
        super().__init__()
        self.gamma = gamma

    def forward(self, occupancy, voxels):
        p = torch.sigmoid(occupancy)
        bce = self.gamma * voxels * p.log() + (1 - self.gamma) * (1 - voxels) * (1 - p).log()
        return -bce.mean()
