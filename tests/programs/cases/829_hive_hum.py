import numpy as np
import torch
from torch import nn


class HiveLoss(nn.Module):
    def __init__(self, weight=0.3):
        super().__init__()
        self.weight = weight

    def cepstrum(self, wave):
        power = np.abs(np.fft.rfft(wave.detach().cpu().numpy(), axis=-1)) ** 2
        return torch.from_numpy(np.fft.irfft(np.log(power + 1e-6), axis=-1)).to(wave)

    def forward(self, hum, recorded):
        near = nn.functional.l1_loss(hum, recorded)
        shape = (self.cepstrum(hum) - self.cepstrum(recorded)).square().mean()
        return near + self.weight * shape
