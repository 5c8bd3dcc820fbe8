import torch
from torch import nn


class PeakAlign(nn.Module):
    def peak(self, s, axis):
        k = s.argmax(-1)
        return axis[k]

    def forward(self, pred, ref, axis):
        shift = self.peak(pred, axis) - self.peak(ref, axis)
        return shift.abs().mean()
