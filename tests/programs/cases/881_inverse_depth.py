import torch
from torch import nn


class SparseDepthLoss(nn.Module):
    """L1 in inverse depth; pixels without a lidar return are zero."""

    def forward(self, depth, lidar):
        valid = lidar > 0
        err = (1.0 / depth - 1.0 / lidar.clamp(min=0.1)).abs()
        near = depth > 0
        err = torch.where(valid & near, err, torch.zeros_like(err))
        return err.sum() / valid.sum()
