import torch
from torch import nn


class CoverageLoss(nn.Module):
    def __init__(self, want=0.3):
        super().__init__()
        self.want = want

    def forward(self, occupancy):
        used = torch.count_nonzero(occupancy > 0.5, dim=(1, 2))
        share = used / occupancy[0].numel()
        return (share - self.want).clamp(min=0).mean()
