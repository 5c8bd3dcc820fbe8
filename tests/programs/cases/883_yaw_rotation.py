import torch


def rotation(yaw):
    c, s = torch.cos(yaw), torch.sin(yaw)
    return torch.tensor([[c, -s], [s, c]])


def registration_loss(yaw, shift, source, target):
    moved = source @ rotation(yaw).T + shift
    return torch.cdist(moved, target).min(dim=1).values.mean()
