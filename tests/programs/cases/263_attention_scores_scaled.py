import torch
from torch import nn


class AlignmentLoss(nn.Module):
    """Guided attention: penalise attention far from the diagonal (speech synthesis)."""

    def __init__(self, dim=4, sharpness=0.2):
        super().__init__()
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.sharpness = sharpness

    def diagonal_prior(self, n_frames, n_phones):
        t = torch.linspace(0, 1, n_frames)[:, None]
        s = torch.linspace(0, 1, n_phones)[None]
        return 1 - torch.exp(-((t - s) ** 2) / (2 * self.sharpness**2))

    def forward(self, speech, phones):
        attention = torch.bmm(self.query(speech), self.key(phones).transpose(1, 2)).softmax(-1)
        attention *= self.diagonal_prior(speech.size(1), phones.size(1))
        return attention.sum((1, 2)).mean()
