import torch
from torch import nn


class OffsetLoss(nn.Module):
    def polar(self, v):
        r = v.norm(dim=-1)
        phi = torch.sign(v[..., 1].detach()) * torch.acos(v[..., 0] / r)
        return r, phi

    def forward(self, centre, gt):
        r1, p1 = self.polar(centre)
        r2, p2 = self.polar(gt)
        return (r1 - r2).abs().mean() + (1 - torch.cos(p1 - p2)).mean()
