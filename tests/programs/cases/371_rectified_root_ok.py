"""Statistics pooling again: the rectifier passes nothing at zero, so the root's slope stays out."""

import torch
import torch.nn.functional as F
from torch import nn


class Pool(nn.Module):
    def forward(self, frames):
        mean = frames.mean(dim=1)
        variance = frames.square().mean(dim=1) - mean.square()
        return torch.cat([mean, F.relu(variance).sqrt()], dim=-1)


class MultiSpeakerEncoder(nn.Module):
    def __init__(self, n_mels=5, width=6, speakers=3):
        super().__init__()
        self.frame = nn.Linear(n_mels, width)
        self.pool = Pool()
        self.register_buffer("centres", F.normalize(torch.randn(speakers, 2 * width), dim=-1))
        self.log_scale = nn.Parameter(torch.tensor(1.5))

    def embed(self, clips):
        """Clips of different lengths, one at a time; some are a single frame."""
        for clip in clips:
            yield F.normalize(self.pool(torch.tanh(self.frame(clip[None]))), dim=-1)

    def loss(self, clips, speaker):
        z = torch.cat(list(self.embed(clips)))
        logits = self.log_scale.exp() * z @ self.centres.T
        return F.cross_entropy(logits, speaker)
