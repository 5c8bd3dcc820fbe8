import torch
from torch import nn
import torch.nn.functional as F


class Denoiser(nn.Module):
    def __init__(self, d=6):
        super().__init__()
        self.net = nn.Linear(d, d)

    def snr(self, clean, noisy):
        torch.set_grad_enabled(False)
        noise = (noisy - clean).pow(2).mean()
        snr = 10 * torch.log10(clean.pow(2).mean() / noise)
        return snr

    def loss(self, x):
        noisy = x + 0.1 * torch.randn_like(x)
        before = self.snr(x, noisy)
        restored = self.net(noisy)
        weight = 1.0 / (1.0 + before.abs())
        return weight * F.mse_loss(restored, x)
