import torch
from torch import nn


class BoneLoss(nn.Module):
    def __init__(self, parents):
        super().__init__()
        self.parents = parents

    def forward(self, joints, lengths):
        bones = joints - joints[:, self.parents]
        size = torch.sqrt(torch.sum(bones ** 2, dim=-1))
        return (size[:, 1:] - lengths[1:]).abs().mean()
