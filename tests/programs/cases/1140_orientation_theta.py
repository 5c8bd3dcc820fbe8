import torch


def relative_angle(m1, m2):
    batch = m1.shape[0]
    m = torch.bmm(m1, m2.transpose(1, 2))
    cos = (m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2] - 1) / 2
    cos = torch.min(cos, torch.ones(batch))
    cos = torch.max(cos, -torch.ones(batch))
    return torch.acos(cos)


def orientation_loss(gt_r, out_r):
    return relative_angle(gt_r, out_r).mean()
