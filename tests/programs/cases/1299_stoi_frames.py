import torch

EPS = 1e-8


def bands(x, fb):
    spec = torch.stft(x, 32, 16, window=torch.hann_window(32), return_complex=True)
    power = spec.real.pow(2) + spec.imag.pow(2)
    return torch.sqrt(torch.matmul(fb, power)) + EPS


def row_normalise(m):
    m = m - m.mean(-1, keepdim=True)
    return m / (m.norm(dim=-1, keepdim=True) + EPS)


def stoi_like(est, clean, fb):
    a, b = row_normalise(bands(est, fb)), row_normalise(bands(clean, fb))
    return -(a * b).sum(-1).mean()
