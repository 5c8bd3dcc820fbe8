import math

import torch
from torch import nn


class CameraPoseCriterion(nn.Module):
    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = beta

    def angular(self, q_est, q_gt):
        q_est = q_est / q_est.norm(dim=1, keepdim=True)
        similarity = torch.einsum("bi,bi->b", q_est, q_gt).abs()
        half = torch.acos(torch.clamp(similarity, max=1.0))
        return 2.0 * half * 180.0 / math.pi

    def forward(self, q_est, t_est, q_gt, t_gt):
        translation = torch.linalg.norm(t_est - t_gt, dim=1)
        return (translation + self.beta * self.angular(q_est, q_gt)).mean()
