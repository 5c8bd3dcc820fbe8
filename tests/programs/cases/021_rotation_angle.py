import torch


def angle_between(a, b):
    m = torch.bmm(a, b.transpose(1, 2))
    cos = (m.diagonal(dim1=1, dim2=2).sum(-1) - 1) / 2
    return torch.acos(torch.clamp(cos, -1.0, 1.0))


def geodesic(R, T):
    return angle_between(R, T).mean()
