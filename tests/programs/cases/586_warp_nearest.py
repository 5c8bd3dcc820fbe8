import torch
from torch import nn
import torch.nn.functional as F


class AlignLoss(nn.Module):
    def __init__(self, mode="nearest"):
        super().__init__()
        self.mode = mode

    def warp(self, img, theta):
        grid = F.affine_grid(theta, list(img.shape), align_corners=False)
        return F.grid_sample(img, grid, mode=self.mode, align_corners=False)

    def forward(self, theta, moving, fixed):
        return F.mse_loss(self.warp(moving, theta), fixed)
