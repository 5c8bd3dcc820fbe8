import torch
import torch.nn as nn


class SpeedModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 1))

    def forward(self, x):
        return nn.functional.softplus(self.net(x)).squeeze(1)

    def predict(self, x):
        with torch.no_grad():
            out = self(x)
            return out.clamp(max=50.0)

    def loss(self, x, v):
        err = self.predict(x) - v
        return torch.where(err.abs() < 1.0, 0.5 * err ** 2, err.abs() - 0.5).mean()
