import torch
import torch.nn.functional as F


def base_grid(h, w):
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
    return torch.stack([xs, ys], dim=-1)


def warp(img, flow):
    grid = base_grid(*img.shape[-2:]) + flow.permute(0, 2, 3, 1)
    return F.grid_sample(img, grid, mode="nearest", align_corners=True)


def photometric_loss(flow, a, b):
    smooth = (flow[..., 1:] - flow[..., :-1]).abs().mean().detach()
    return (warp(b, flow) - a).abs().mean() + 0.1 * smooth
