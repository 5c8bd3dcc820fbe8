import torch
from torch import nn


class DurationModel(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.duration = nn.Linear(d, 1)

    def frames(self, phones):
        log_dur = self.duration(phones).squeeze(-1)
        return torch.ceil(torch.exp(log_dur))

    def loss(self, phones, total):
        return (self.frames(phones).sum(-1) - total).abs().mean()
