import torch


def intrinsics(focal, size):
    h, w = size
    return torch.tensor([
        [focal, 0.0, w / 2],
        [0.0, focal, h / 2],
        [0.0, 0.0, 1.0],
    ])


def reprojection_loss(focal, points, pixels, size=(48, 64)):
    uvw = points @ intrinsics(focal, size).t()
    uv = uvw[:, :2] / uvw[:, 2:].clamp(min=1e-3)
    return (uv - pixels).abs().mean()
