import torch
from torch import nn
import torch.nn.functional as F


class Straighten(nn.Module):
    def __init__(self, side=6):
        super().__init__()
        self.locate = nn.Linear(side * side, 6)

    def warp(self, img):
        theta = self.locate(img.flatten(1)).view(-1, 2, 3)
        grid = F.affine_grid(theta, list(img.shape), align_corners=False)
        return F.grid_sample(img, grid, mode="nearest", align_corners=False)

    def loss(self, img, ref):
        return F.mse_loss(self.warp(img), ref)
