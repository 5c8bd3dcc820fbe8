import math
import torch
import torch.nn as nn


class SIoULoss(nn.Module):
    def __init__(self, theta=4.0, eps=1e-7):
        super().__init__()
        self.theta = theta
        self.eps = eps

    def iou(self, p, t):
        lt = torch.max(p[:, :2] - p[:, 2:] / 2, t[:, :2] - t[:, 2:] / 2)
        rb = torch.min(p[:, :2] + p[:, 2:] / 2, t[:, :2] + t[:, 2:] / 2)
        inter = (rb - lt).clamp(min=0).prod(1)
        union = p[:, 2] * p[:, 3] + t[:, 2] * t[:, 3] - inter
        return inter / (union + self.eps)

    def forward(self, pred, target):
        """boxes are (cx, cy, w, h)"""
        dx = (target[:, 0] - pred[:, 0]).abs()
        dy = (target[:, 1] - pred[:, 1]).abs()
        sigma = torch.sqrt(dx ** 2 + dy ** 2 + 1e-14)
        sin_alpha = dy / sigma
        angle = 1 - 2 * torch.sin(torch.arcsin(sin_alpha) - math.pi / 4) ** 2

        enc = torch.max(pred[:, :2] + pred[:, 2:] / 2, target[:, :2] + target[:, 2:] / 2) \
            - torch.min(pred[:, :2] - pred[:, 2:] / 2, target[:, :2] - target[:, 2:] / 2)
        gamma = 2 - angle
        rho_x = (dx / (enc[:, 0] + self.eps)) ** 2
        rho_y = (dy / (enc[:, 1] + self.eps)) ** 2
        distance = 2 - torch.exp(-gamma * rho_x) - torch.exp(-gamma * rho_y)

        omega_w = (pred[:, 2] - target[:, 2]).abs() / torch.max(pred[:, 2], target[:, 2])
        omega_h = (pred[:, 3] - target[:, 3]).abs() / torch.max(pred[:, 3], target[:, 3])
        shape = (1 - torch.exp(-omega_w)) ** self.theta + (1 - torch.exp(-omega_h)) ** self.theta
        return (1 - self.iou(pred, target) + 0.5 * (distance + shape)).mean()
