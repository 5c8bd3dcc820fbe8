import torch
from torch import nn
import torch.nn.functional as F


class Registration(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor([0.05, -0.03]))
        self.gain = nn.Parameter(torch.ones(()))

    def resample(self, tile):
        with torch.no_grad():
            eye = torch.eye(2).expand(len(tile), 2, 2)
            theta = torch.cat([eye, self.shift.expand(len(tile), 2)[..., None]], dim=2)
            grid = F.affine_grid(theta, tile.shape, align_corners=False)
        return F.grid_sample(tile, grid, align_corners=False)

    def loss(self, tile, reference):
        return F.mse_loss(self.gain * self.resample(tile), reference)
