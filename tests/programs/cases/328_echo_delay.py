import torch
from torch import nn


def cross_correlation(a, b):
    n = a.size(-1) + b.size(-1)
    spectrum = torch.fft.rfft(a, n=n) * torch.fft.rfft(b, n=n).conj()
    return torch.fft.irfft(spectrum, n=n)


def peak_lag(correlation):
    """Lag of the strongest echo, in samples; the second half of the axis is negative."""
    n = correlation.size(-1)
    best = correlation.topk(1, dim=-1)[1].squeeze(-1)
    return torch.where(best > n // 2, best - n, best).float()


class DelayNet(nn.Module):
    """Cleans both microphone channels, then reads the time difference of arrival off them."""

    def __init__(self, rate=16_000, mic_gap=0.2):
        super().__init__()
        self.clean = nn.Conv1d(2, 2, 5, padding=2)
        self.rate = rate
        self.mic_gap = mic_gap
        self.speed = 343.0

    def forward(self, stereo):
        left, right = self.clean(stereo).unbind(1)
        return peak_lag(cross_correlation(left, right))

    def delay_loss(self, stereo, bearing):
        expected = self.rate * self.mic_gap * torch.sin(bearing) / self.speed
        return nn.functional.smooth_l1_loss(self(stereo), expected)
