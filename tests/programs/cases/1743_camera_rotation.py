import torch


def rotation_angle(a, b):
    rel = a.transpose(1, 2) @ b
    trace = rel.diagonal(dim1=1, dim2=2).sum(-1)
    cos = ((trace - 1) / 2).clamp(-1.0, 1.0)
    return torch.acos(cos)


def pose_loss(r, gt):
    return torch.rad2deg(rotation_angle(r, gt)).mean()
