import torch


def photometric_loss(warped, frame, grid):
    inside = (grid.abs() <= 1).all(dim=-1)
    residual = (warped - frame).abs().mean(dim=1)
    static = residual.lt((frame - frame.mean()).abs().mean(dim=1))
    keep = (inside & static).float()
    return (residual * keep).sum() / keep.sum().clamp(min=1.0)
