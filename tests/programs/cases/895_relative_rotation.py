import torch


def angle_between(r1, r2):
    rel = r1.transpose(-1, -2) @ r2
    trace = rel.diagonal(dim1=-2, dim2=-1).sum(-1)
    cos = ((trace - 1) / 2).clamp(-1.0, 1.0)
    return torch.arccos(cos)


def geodesic_loss(pred, target):
    return angle_between(pred, target).mean()
