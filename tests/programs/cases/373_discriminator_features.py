"""Feature matching over the blocks of a multi-scale waveform discriminator."""

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width=3, depth=3):
        super().__init__()
        sizes = [1] + [width] * depth
        self.layers = nn.ModuleList(nn.Conv1d(a, b, 3, padding=1) for a, b in zip(sizes, sizes[1:]))

    def forward(self, wave):
        features = []
        for layer in self.layers:
            wave = F.leaky_relu(layer(wave), 0.2)
            features.append(wave)
        return features


def masked_mean(values, ratio):
    """Mean over the part of each waveform that is not padding."""
    length = values.size(-1)
    keep = torch.arange(length) < (ratio * length).ceil()[:, None]
    return (values * keep[:, None]).sum() / (keep.sum() * values.size(1))


class FeatureLoss(nn.Module):
    def __init__(self, n_blocks=2, weight=4.0):
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(n_blocks)).requires_grad_(False)
        self.weight = weight

    def forward(self, fake, real, ratio):
        loss = fake.new_zeros(())
        for block in self.blocks:
            for ours, theirs in zip(block(fake)[:-1], block(real)[:-1]):
                gap = torch.abs(ours - theirs).detach()
                loss = loss + self.weight * masked_mean(gap, ratio)
        return loss / len(self.blocks)
