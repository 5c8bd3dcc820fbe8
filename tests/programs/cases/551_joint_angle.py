import torch
from torch import nn
import torch.nn.functional as F


class JointAngles(nn.Module):
    def angle(self, a, b, c):
        u = F.normalize(a - b, dim=-1)
        v = F.normalize(c - b, dim=-1)
        dot = torch.sum(u * v, dim=-1)
        return torch.acos(dot)

    def forward(self, joints, limits):
        theta = self.angle(joints[:, 0], joints[:, 1], joints[:, 2])
        return torch.relu(limits - theta).mean() + 0.1 * theta.mean()
