import torch
from torch import nn
import torch.nn.functional as F


class PyramidTV(nn.Module):
    def loss(self, x, y, grid):
        up = F.interpolate(x, scale_factor=2, mode="nearest")
        probe = F.grid_sample(x, grid, mode="nearest", align_corners=False)
        tv = (up[..., 1:] - up[..., :-1]).abs().mean()
        return (up - y).abs().mean() + 0.1 * tv + 0.01 * probe.square().mean()
