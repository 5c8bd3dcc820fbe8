import torch
from torch import nn


class WindLoss(nn.Module):
    def bearing(self, uv):
        speed = torch.linalg.vector_norm(uv, dim=-1).clamp(min=1e-3)
        return torch.asin(uv[..., 1] / speed)

    def forward(self, uv, observed):
        return (self.bearing(uv) - self.bearing(observed)).abs().mean()
