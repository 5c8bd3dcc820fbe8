import numpy as np
import torch
from torch import nn


class TraceLoss(nn.Module):
    def __init__(self, width=5):
        super().__init__()
        self.kernel = np.hanning(width + 2)[1:-1]

    def smooth(self, trace):
        k = self.kernel / self.kernel.sum()
        out = np.convolve(trace.cpu().data.numpy(), k, mode="same")
        return torch.from_numpy(out).float()

    def forward(self, pred, truth):
        return torch.mean((self.smooth(pred) - self.smooth(truth)) ** 2)
