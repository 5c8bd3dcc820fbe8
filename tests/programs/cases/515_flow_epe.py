import torch
from torch import nn


class EndPointError(nn.Module):
    def forward(self, flow, gt):
        u, v = flow[:, 0] - gt[:, 0], flow[:, 1] - gt[:, 1]
        epe = (u.square() + v.square()).sqrt()
        return epe.mean()
