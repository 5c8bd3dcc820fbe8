import numpy as np
import torch
from torch import nn


def quantiles(v: np.ndarray) -> np.ndarray:
    return np.sort(v)


class WassersteinLoss(nn.Module):
    def forward(self, x, y):
        qx = quantiles(x.detach().numpy())
        qy = quantiles(y.numpy())
        diff = np.abs(qx - qy)
        return torch.as_tensor(diff.mean(), dtype=x.dtype)
