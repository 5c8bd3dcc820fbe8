import torch
from torch import nn
import torch.nn.functional as F


class RayColour(nn.Module):
    def __init__(self, near=0.0, far=2.0, n=5):
        super().__init__()
        self.register_buffer("depth", torch.linspace(near, far, n))

    def weights(self, density):
        alpha = 1 - torch.exp(-density * (self.depth[1] - self.depth[0]))
        free = torch.cumprod(1 - alpha + 1e-10, dim=-1)
        return alpha * free

    def loss(self, density, depth_gt):
        w = self.weights(density)
        total = w.sum(-1)
        expected = (w * self.depth).sum(-1) / total
        hit = total > 0
        expected = torch.where(hit, expected, self.depth[-1])
        return F.l1_loss(expected, depth_gt)
