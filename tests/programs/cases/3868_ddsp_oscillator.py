import math

import torch
import torch.nn as nn
import torch.nn.functional as F

TWO_PI = 2 * math.pi


class HarmonicSynth(nn.Module):
    def __init__(self, dim=4, harmonics=3, sr=100.0):
        super().__init__()
        self.sr = sr
        self.harmonics = harmonics
        self.f0_head = nn.Linear(dim, 1)
        self.amp_head = nn.Linear(dim, harmonics)

    @staticmethod
    def wrap(phase):
        turns = phase // TWO_PI
        return phase - TWO_PI * turns

    def oscillate(self, f0, amps):
        omega = TWO_PI * f0 / self.sr
        phase = self.wrap(torch.cumsum(omega, dim=1))
        k = torch.arange(1, self.harmonics + 1, dtype=phase.dtype)
        return (amps * torch.sin(phase * k)).sum(-1)

    def forward(self, cond):
        f0 = 5.0 + 20.0 * torch.sigmoid(self.f0_head(cond))
        amps = torch.softmax(self.amp_head(cond), dim=-1)
        return self.oscillate(f0, amps)

    def loss(self, cond, target):
        audio = self(cond)
        return F.l1_loss(audio, target)
