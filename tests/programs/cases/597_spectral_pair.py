import torch
from torch import nn


class MultiScaleSpec(nn.Module):
    def __init__(self, sizes=(8, 16)):
        super().__init__()
        self.sizes = sizes

    def mag(self, x, n):
        s = torch.stft(x, n, hop_length=n // 4, window=torch.hann_window(n), return_complex=True)
        return torch.sqrt(s.real ** 2 + s.imag ** 2 + 1e-7)

    def forward(self, wave, ref):
        loss = 0.0
        for n in self.sizes:
            a, b = self.mag(wave, n), self.mag(ref, n).detach()
            conv = torch.linalg.norm(a - b) / torch.linalg.norm(b)
            loss += conv + (a.log() - b.log()).abs().mean()
        return loss / len(self.sizes)
