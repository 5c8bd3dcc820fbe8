import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch import nn


class SsimObjectiveLoss(nn.Module):
    def __init__(self, sigma=1.0):
        super().__init__()
        self.sigma = sigma

    def blur(self, t):
        return torch.as_tensor(gaussian_filter(t.detach().numpy(), self.sigma))

    def forward(self, output, target):
        a, b = self.blur(output), self.blur(target)
        return ((a - b) ** 2).mean()
