import torch
from torch import nn


class GeoLoss(nn.Module):
    """Height at the predicted place must match the altimeter."""

    def __init__(self, cells=16):
        super().__init__()
        self.heights = nn.Parameter(torch.rand(cells, cells), requires_grad=False)

    def cell(self, coords):
        n = self.heights.size(0)
        row, col = ((coords + 1) * 0.5 * n).long().clamp(0, n - 1).unbind(-1)
        return row, col

    def forward(self, coords, altitude):
        row, col = self.cell(coords)
        return (self.heights[row, col] - altitude).abs().mean()
