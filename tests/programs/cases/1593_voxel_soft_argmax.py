import torch
import torch.nn as nn


def soft_argmax(voxels):
    """
    voxels: N x C x D x H x W, one heat map per joint.
    Returns N x C x 3, coordinates of the joints.
    """
    assert voxels.dim() == 5
    alpha = 10.0
    N, C, D, H, W = voxels.shape
    soft_max = nn.functional.softmax(voxels.view(N, C, -1) * alpha, dim=2)
    soft_max = soft_max.view(voxels.shape)
    indices_kernel = torch.arange(start=0, end=D * H * W, dtype=torch.float32).view(1, 1, D, H, W)
    conv = soft_max * indices_kernel
    indices = conv.sum(2).sum(2).sum(2)
    z = indices % W
    y = (indices / W).floor() % H
    x = (indices / (W * H)).floor() % D
    coords = torch.stack([x, y, z], dim=2)
    return coords


def joint_loss(heat, target):
    pred = soft_argmax(heat)
    return (pred - target).abs().mean(dim=(0, 1)).sum()
