import torch
from torch import nn


class ReprojectionLoss(nn.Module):
    def __init__(self, size=4.0):
        super().__init__()
        self.size = size

    def forward(self, points, pixels):
        z = points[:, 2]
        front = z > 0.1
        if front.sum().item() == 0:
            loss = torch.zeros((), device=points.device)
        else:
            uv = points[front, :2] / z[front].unsqueeze(1)
            loss = (uv * self.size - pixels[front]).abs().mean()
        return loss
