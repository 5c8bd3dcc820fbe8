import torch
from scipy.signal import hilbert
from torch import nn


class EnvelopeLoss(nn.Module):
    def envelope(self, audio):
        analytic = hilbert(audio.detach().cpu().numpy(), axis=-1)
        return torch.from_numpy(abs(analytic)).to(audio)

    def forward(self, audio, reference):
        return torch.nn.functional.l1_loss(self.envelope(audio), self.envelope(reference))
