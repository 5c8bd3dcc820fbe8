import torch


def bearing_loss(v, gt):
    angle = torch.atan2(v[:, 1], v[:, 0])
    length = v.pow(2).sum(dim=1).clamp(min=1e-8).sqrt()
    return (1 - torch.cos(angle - gt)).mean() + (length - 1).abs().mean()
