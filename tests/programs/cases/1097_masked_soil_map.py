import torch
from torch import nn


class SoilLoss(nn.Module):
    def __init__(self, nodata=-9999.0):
        super().__init__()
        self.nodata = nodata

    def forward(self, pred, sampled):
        total = 0.0
        for layer in range(pred.size(1)):
            mask = (sampled[:, layer] != self.nodata).float()
            error = (pred[:, layer] - sampled[:, layer] * mask) ** 2 * mask
            total = total + error.sum() / mask.sum()
        return total / pred.size(1)
