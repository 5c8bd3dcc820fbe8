import numpy as np
import torch
from torch import nn


class ResampleLoss(nn.Module):
    def __init__(self, rate=1.5):
        super().__init__()
        self.rate = rate

    def resample(self, wave):
        n = wave.shape[-1]
        grid = np.arange(0, n, self.rate)
        rows = [np.interp(grid, np.arange(n), w.detach().cpu().numpy()) for w in wave]
        return torch.tensor(np.stack(rows), dtype=wave.dtype)

    def forward(self, wave, reference):
        return torch.nn.functional.l1_loss(self.resample(wave), self.resample(reference))
