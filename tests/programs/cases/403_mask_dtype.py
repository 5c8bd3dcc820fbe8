"""Change detection between two satellite images; the mask comes as bytes from the data loader."""

import torch
from torch import nn


def align(score, mask):
    """Same shape and type for both, so that they can be combined."""
    if score.shape[-2:] != mask.shape[-2:]:
        score = nn.functional.interpolate(score, mask.shape[-2:], mode="bilinear")
    return score.squeeze(1).type_as(mask), mask


def generalised_dice(score, mask, smooth=1):
    overlap = (score * mask).sum((1, 2))
    return 1 - (2 * overlap + smooth) / ((score + mask).sum((1, 2)) + smooth)


class ChangeDetector(nn.Module):
    def __init__(self, bands=2, scale=10):
        super().__init__()
        self.head = nn.Conv2d(2 * bands, 1, 1)
        self.scale = scale

    def forward(self, before, after):
        return self.scale * self.head(torch.cat([before, after], dim=1)).sigmoid()

    def validation_like_loss(self, before, after, mask):
        return generalised_dice(*align(self(before, after), mask)).mean()
