import torch


def rotate(points, vec):
    theta = vec.norm(dim=-1, keepdim=True)
    small = theta < 1e-4
    a = torch.where(small, torch.ones_like(theta), theta.sin() / theta)
    b = 0.5 * torch.ones_like(theta)
    first = torch.cross(vec.expand_as(points), points, dim=-1)
    second = torch.cross(vec.expand_as(points), first, dim=-1)
    return points + a * first + b * second


def registration_loss(vec, points, target):
    return (rotate(points, vec) - target).square().mean()
