"""Spectral terms for a vocoder; the reference toolbox computes its spectra with numpy."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

to_numpy = lambda t: t.detach().cpu().numpy()  # noqa: E731


class SpectralTerm(nn.Module):
    def __init__(self, size=16, hop=8):
        super().__init__()
        self.size, self.hop = size, hop

    def spectrum(self, wave):
        window = np.hanning(self.size)
        starts = range(0, wave.shape[-1] - self.size, self.hop)
        frames = np.stack([wave[..., i : i + self.size] for i in starts])
        return np.abs(np.fft.rfft(frames * window))

    def compare(self, ours, reference):
        raise NotImplementedError

    def forward(self, waveform, reference):
        ours, theirs = (self.spectrum(to_numpy(w)) for w in (waveform, reference))
        return self.compare(torch.from_numpy(ours), torch.from_numpy(theirs))


class Convergence(SpectralTerm):
    def compare(self, ours, reference):
        return torch.linalg.norm(reference - ours) / torch.linalg.norm(reference)


class LogMagnitude(SpectralTerm):
    def compare(self, ours, reference):
        return F.l1_loss(ours.clamp(min=1e-5).log(), reference.clamp(min=1e-5).log())


class VocoderLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.terms = nn.ModuleList([Convergence(), LogMagnitude()])

    def forward(self, waveform, reference):
        return sum(term(waveform, reference) for term in self.terms)
