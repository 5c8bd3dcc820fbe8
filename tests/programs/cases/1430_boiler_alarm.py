import torch
from torch import nn


class AlarmDelay(nn.Module):
    """Minutes until the stored heat passes the alarm level."""

    def __init__(self, level: float, minutes_per_step: float = 0.5):
        super().__init__()
        self.level = level
        self.step = minutes_per_step

    def delay(self, heat: torch.Tensor) -> torch.Tensor:
        stored = heat.cumsum(dim=-1)
        rung = torch.ge(stored, self.level)
        return (~rung).sum(dim=-1) * self.step

    def forward(self, heat, reported):
        late = self.delay(heat) - reported
        return torch.logaddexp(late, -late).mean()
