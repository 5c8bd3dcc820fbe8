import torch
from torch import cos, sin


def rot_x(a):
    return torch.tensor([[1, 0, 0], [0, cos(a), -sin(a)], [0, sin(a), cos(a)]], requires_grad=True)


def rot_y(a):
    return torch.tensor([[cos(a), 0, sin(a)], [0, 1, 0], [-sin(a), 0, cos(a)]], requires_grad=True)


def rot_z(a):
    return torch.tensor([[cos(a), -sin(a), 0], [sin(a), cos(a), 0], [0, 0, 1]], requires_grad=True)


def reprojection(roll, pitch, yaw, points, observed):
    R = torch.mm(rot_z(yaw), rot_y(pitch)).requires_grad_()
    R = torch.mm(R, rot_x(roll)).requires_grad_()
    cam = points @ R.T
    return (cam - observed).pow(2).mean()
