import torch
from torch import nn
import torch.nn.functional as F


class SpatialTransformer(nn.Module):
    def __init__(self, size, mode="bilinear"):
        super().__init__()
        self.mode = mode
        ys, xs = torch.meshgrid(torch.linspace(-1, 1, size), torch.linspace(-1, 1, size), indexing="ij")
        self.register_buffer("identity", torch.stack([xs, ys], dim=-1)[None])

    def forward(self, src, flow):
        grid = self.identity + flow.permute(0, 2, 3, 1)
        return F.grid_sample(src, grid, mode=self.mode, padding_mode="border", align_corners=True)


def dice_loss(a, b, smooth=1.0):
    inter = (a * b).sum(dim=(1, 2, 3))
    return 1 - ((2 * inter + smooth) / (a.sum(dim=(1, 2, 3)) + b.sum(dim=(1, 2, 3)) + smooth)).mean()


class RegistrationNet(nn.Module):
    def __init__(self, size=8, seg_weight=1.0):
        super().__init__()
        self.flow = nn.Conv2d(2, 2, 3, padding=1)
        self.warp = SpatialTransformer(size)
        self.warp_seg = SpatialTransformer(size, mode="nearest")
        self.seg_weight = seg_weight

    def objective(self, moving, fixed, moving_seg, fixed_seg):
        flow = 0.3 * torch.tanh(self.flow(torch.cat([moving, fixed], dim=1)))
        similarity = F.mse_loss(self.warp(moving, flow), fixed)
        overlap = dice_loss(self.warp_seg(moving_seg, flow), fixed_seg)
        smooth = flow.diff(dim=2).pow(2).mean() + flow.diff(dim=3).pow(2).mean()
        return similarity + self.seg_weight * overlap + 0.1 * smooth
