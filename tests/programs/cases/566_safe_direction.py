import torch
from torch import nn


class DirectionLoss(nn.Module):
    def forward(self, vel, goal):
        speed_sq = vel.square().sum(-1)
        still = speed_sq < 1e-8
        speed = torch.sqrt(torch.where(still, torch.ones_like(speed_sq), speed_sq))
        heading = vel / speed.unsqueeze(-1)
        cos = (heading * goal).sum(-1)
        angle = torch.acos(cos.clamp(-0.999, 0.999))
        return torch.where(still, torch.zeros_like(angle), angle).mean()
