import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, sensors=3):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2 * sensors, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, x):
        gaps = torch.isnan(x)
        filled = x.masked_fill(gaps, 0.0)
        return self.body(torch.cat([filled, gaps.float()], dim=1)).squeeze(-1)

    def training_loss(self, batch):
        x, y = batch["x"], batch["y"]
        most = torch.isnan(x).float().mean(dim=1) < 0.5
        errors = (self(x) - y).abs()
        return (errors * most).sum() / most.sum().clamp(min=1)
