import enum

import torch
from torch import nn


class Reading(enum.Enum):
    HARD = "hard"
    SOFT = "soft"


class GaugeLoss(nn.Module):
    """The needle's angle, read from a heat map over 36 directions."""

    def __init__(self, reading=Reading.HARD, bins=36):
        super().__init__()
        self.reading = reading
        self.register_buffer("angles", torch.arange(bins) * (360.0 / bins))

    def angle(self, dial):
        if self.reading is Reading.SOFT:
            return (dial.softmax(-1) * self.angles).sum(-1)
        return self.angles[dial.argmax(-1)]

    def forward(self, dial, degrees):
        gap = torch.deg2rad(self.angle(dial) - degrees)
        return (1 - torch.cos(gap)).mean()
