import torch
from torch import nn


class ScaleMixture(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(k) + 0.5)

    def project(self):
        self.scale.clamp_(min=1e-3)

    def loss(self, x):
        self.project()
        z = x.unsqueeze(1) / self.scale
        logp = -0.5 * z ** 2 - self.scale.log()
        return -torch.logsumexp(logp, dim=1).mean()
