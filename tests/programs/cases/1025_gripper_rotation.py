import torch
from torch import nn


def quat_to_mat(q):
    q = q / q.norm(dim=1, keepdim=True)
    w, x, y, z = q.unbind(1)
    rows = [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
            2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
            2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]
    return torch.stack(rows, 1).view(-1, 3, 3)


class PoseLoss(nn.Module):
    def forward(self, q, r_true):
        m = torch.bmm(quat_to_mat(q), r_true.transpose(1, 2))
        cos = (m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2] - 1) / 2
        cos = torch.min(cos, torch.ones_like(cos))
        cos = torch.max(cos, -torch.ones_like(cos))
        theta = torch.acos(cos)
        return theta.mean()
