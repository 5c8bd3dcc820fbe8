import torch
from torch import nn


def hat(w):
    zero = torch.zeros_like(w[..., 0])
    rows = [
        torch.stack([zero, -w[..., 2], w[..., 1]], dim=-1),
        torch.stack([w[..., 2], zero, -w[..., 0]], dim=-1),
        torch.stack([-w[..., 1], w[..., 0], zero], dim=-1),
    ]
    return torch.stack(rows, dim=-2)


def so3_exp(w):
    theta = w.norm(dim=-1)[..., None, None]
    K = hat(w)
    small = theta < 1e-5
    a_exact = torch.sin(theta) / theta
    a = torch.where(small, 1 - theta ** 2 / 6, a_exact)
    b = 0.5 * torch.sinc(theta / (2 * torch.pi)) ** 2
    return torch.eye(3) + a * K + b * (K @ K)


class TwistAlignment(nn.Module):
    """point to point cost of a set of rigid fragments"""

    def __init__(self, delta=0.1):
        super().__init__()
        self.delta = delta

    def forward(self, twist, src, dst):
        R = so3_exp(twist)
        moved = src @ R.transpose(-1, -2)
        return nn.functional.huber_loss(moved, dst, delta=self.delta)
