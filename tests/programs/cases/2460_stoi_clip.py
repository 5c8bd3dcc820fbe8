import torch
from torch import nn

EPS = 1e-8


def meanvar_norm(x, mask=None, dim=-1):
    mean = x.mean(dim=dim, keepdim=True)
    x = x - mean
    scale = torch.sqrt((x ** 2).sum(dim=dim, keepdim=True)) + EPS
    return x / scale


def band_energies(wav, window):
    spec = torch.stft(wav, 32, 16, window=window, return_complex=True)
    return (spec.real ** 2 + spec.imag ** 2).reshape(wav.shape[0], spec.shape[1], -1)


class NegSTOI(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("win", torch.hann_window(32))

    def forward(self, est, clean):
        x = band_energies(clean, self.win)
        y = band_energies(est, self.win)
        corr = (meanvar_norm(x) * meanvar_norm(y)).sum(-1)
        return -corr.mean()
