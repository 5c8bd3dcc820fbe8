import torch
from torch import nn


class SplatRadius(nn.Module):
    def radius(self, cov):
        mid = 0.5 * (cov[:, 0, 0] + cov[:, 1, 1])
        det = cov[:, 0, 0] * cov[:, 1, 1] - cov[:, 0, 1] ** 2
        gap = torch.sqrt((mid ** 2 - det).abs())
        return mid + gap

    def loss(self, cov, limit=1.0):
        return torch.relu(self.radius(cov) - limit).mean() + self.radius(cov).mean()
