import math

import torch
from torch import nn


class PartLikelihood(nn.Module):
    """Every point votes for the parts that may have made it."""

    def __init__(self, scale=0.02):
        super().__init__()
        self.log_scale = math.log(scale)

    def component(self, x, mean):
        var = math.exp(2 * self.log_scale)
        return -((x[:, None] - mean[None]) ** 2).sum(-1) / (2 * var) - self.log_scale

    def forward(self, x, mean, logits):
        log_mix = torch.log_softmax(logits, dim=-1)
        joint = self.component(x, mean) + log_mix
        likelihood = torch.exp(joint).sum(dim=1)
        return -torch.log(likelihood).mean()
