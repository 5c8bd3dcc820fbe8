import torch
from torch import nn


class Steering(nn.Module):
    def __init__(self):
        super().__init__()
        self.offset = nn.Parameter(torch.randn(3, 2))

    def loss(self, pos, goal):
        delta = goal[:, None] - (pos + self.offset)
        bearing = torch.atan2(delta[..., 1], delta[..., 0])
        return bearing.square().mean() + torch.linalg.vector_norm(delta, dim=-1).mean()
