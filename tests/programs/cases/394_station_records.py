"""Hourly forecasts at weather stations; instruments fail and leave NaN in the record."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Record:
    past: torch.Tensor  # (B, T, D), gaps already filled
    future: torch.Tensor  # (B, H), gaps are NaN
    quality: torch.Tensor  # (B, H), weight of each observation

    @property
    def observed(self):
        return ~torch.isnan(self.future)


class StationForecast(nn.Module):
    def __init__(self, n_sensors=3, hidden=5, horizon=4):
        super().__init__()
        self.encoder = nn.GRU(n_sensors, hidden, batch_first=True)
        self.head = nn.Linear(hidden, horizon)

    def forward(self, past):
        _, last = self.encoder(past)
        return self.head(last.squeeze(0))

    def errors(self, record):
        gap = self(record.past) - record.future
        return record.quality * torch.log(torch.cosh(gap))

    def validated_error(self, record):
        errors = self.errors(record)
        return errors[record.observed].mean()
