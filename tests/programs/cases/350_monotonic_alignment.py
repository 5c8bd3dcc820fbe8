"""Text-to-speech alignment: sum over all monotonic paths, in the log domain."""

import torch
import torch.nn.functional as F
from torch import nn

NEVER = float("-inf")


def shift_right(row):
    return F.pad(row[:, :-1], (1, 0), value=NEVER)


def forward_variable(log_emission):
    """log_emission: (B, T frames, N phones) -> log-probability of ending on the last phone."""
    steps = log_emission.unbind(1)
    alpha = torch.full_like(steps[0], NEVER)
    alpha = torch.cat([steps[0][:, :1], alpha[:, 1:]], dim=1)
    for emission in steps[1:]:
        alpha = torch.logaddexp(alpha, shift_right(alpha)) + emission
    return alpha[:, -1]


class Aligner(nn.Module):
    def __init__(self, n_phones=12, n_mels=5, width=6):
        super().__init__()
        self.text = nn.Embedding(n_phones, width)
        self.audio = nn.Linear(n_mels, width)

    def emissions(self, phones, mels):
        key, query = self.text(phones), self.audio(mels)
        distance = (query[:, :, None] - key[:, None]).square().sum(-1)
        return F.log_softmax(-0.1 * distance, dim=-1)

    def loss(self, phones, mels):
        return -forward_variable(self.emissions(phones, mels)).mean() / mels.size(1)
