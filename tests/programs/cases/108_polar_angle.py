import torch


def spherical(v):
    r = v.norm(dim=1)
    theta = torch.acos(v[:, 2] / r)
    phi = torch.atan2(v[:, 1], v[:, 0])
    return theta, phi


def unit_direction_loss(v, theta, phi):
    th, ph = spherical(v)
    return (1 - torch.cos(th - theta)).mean() + (1 - torch.cos(ph - phi)).mean()
