"""Log-mel distance; the filterbank is made once with numpy, figures for the log leave the graph."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def triangular_filters(n_bins, n_mels):
    edges = np.linspace(0, n_bins - 1, n_mels + 2)
    bins = np.arange(n_bins)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


class MelLoss(nn.Module):
    def __init__(self, size=16, n_mels=4, floor=1e-5):
        super().__init__()
        self.size, self.floor = size, floor
        self.register_buffer("bank", torch.from_numpy(triangular_filters(size // 2 + 1, n_mels)))
        self.register_buffer("window", torch.tensor(np.hanning(size), dtype=torch.float32))
        self.log = []

    def mel(self, wave):
        frames = wave.unfold(-1, self.size, self.size // 4) * self.window
        power = torch.fft.rfft(frames).abs().square()
        return (power @ self.bank).clamp(min=self.floor).log10()

    def watch(self, ours, theirs):
        worst = np.abs(ours.detach().numpy() - theirs.numpy()).max()
        self.log.append({"worst": float(worst), "decibel": 10 * math.log10(1 + ours.var().item())})

    def forward(self, waveform, reference):
        with torch.no_grad():
            theirs = self.mel(reference)
        ours = self.mel(waveform)
        self.watch(ours, theirs)
        return F.l1_loss(ours, theirs)
