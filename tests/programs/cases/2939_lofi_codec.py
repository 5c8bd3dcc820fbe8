import torch
import torch.nn as nn
import torch.nn.functional as F


class Codec(nn.Module):
    def __init__(self, frame=16, n_code=6, bits=4):
        super().__init__()
        self.enc = nn.Linear(frame, n_code)
        self.dec = nn.Linear(n_code, frame)
        self.levels = 2 ** (bits - 1)
        self.frame = frame

    def quantize(self, z):
        z = torch.tanh(z)
        q = torch.round(z * self.levels) / self.levels
        return z + (q - z).detach(), q

    def forward(self, wav):
        frames = wav.unfold(-1, self.frame, self.frame)
        code, q = self.quantize(self.enc(frames))
        return self.dec(code).flatten(-2), q


def bitrate(q):
    """Empirical entropy of the code, bits per symbol."""
    _, n = torch.unique(q, return_counts=True)
    p = n.float() / n.sum()
    return -(p * p.log2()).sum()


def log_spec(x):
    X = torch.stft(x, 32, 8, window=torch.hann_window(32), return_complex=True)
    return torch.log(X.real ** 2 + X.imag ** 2 + 1e-6)


def training_loss(net, wav, writer):
    rec, q = net(wav)
    writer["bits"] = bitrate(q).item()
    writer["snr"] = 10 * torch.log10(wav.pow(2).mean() / (rec - wav).pow(2).mean()).item()
    return F.mse_loss(rec, wav) + 0.1 * F.l1_loss(log_spec(rec), log_spec(wav))
