import torch
from torch import nn


class TempoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.tempo = nn.Parameter(torch.tensor(0.6))

    def phase(self, onsets):
        beat = onsets // self.tempo
        return onsets - beat * self.tempo

    def loss(self, onsets):
        off = self.phase(onsets)
        return torch.minimum(off, self.tempo - off).square().mean()
