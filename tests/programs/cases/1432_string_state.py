from dataclasses import dataclass

import torch
from torch import nn
import torch.nn.functional as F


@dataclass
class StringState:
    hidden: torch.Tensor

    @property
    def summary(self):
        return self.hidden.detach().mean(dim=0)


class Luthier(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.tone = nn.GRUCell(2, 4), nn.Linear(4, 3)

    def pluck(self, wave):
        h = wave.new_zeros(wave.shape[1], 4)
        for frame in wave:
            h = self.cell(frame, h)
        return StringState(self.tone(h))

    def loss(self, wave, partials):
        return F.mse_loss(self.pluck(wave).summary, partials)
