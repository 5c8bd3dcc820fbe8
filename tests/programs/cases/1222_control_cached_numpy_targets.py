import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


class DepthNet(nn.Module):
    def __init__(self, quantise_targets=True, step=0.25):
        super().__init__()
        self.head = nn.Conv2d(3, 1, 1)
        self.quantise_targets, self.step = quantise_targets, step
        self._cache = {}

    def target(self, key, depth):
        if key not in self._cache:
            d = np.asarray(depth, dtype=np.float32)
            if self.quantise_targets:
                d = np.round(d / self.step) * self.step
            self._cache[key] = torch.from_numpy(d)
        return self._cache[key]

    def loss(self, image, depth, key="a"):
        return F.l1_loss(self.head(image), self.target(key, depth))
