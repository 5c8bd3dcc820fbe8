import torch

EPS = 1e-4


def rotation_angle(R, R_gt):
    trace = torch.einsum("bij,bij->b", R, R_gt)
    cos = 0.5 * (trace - 1)
    cos = cos.clamp(-1 + EPS, 1 - EPS)
    return torch.acos(cos)


def rotation_and_translation(R, t, R_gt, t_gt):
    ortho = (R.transpose(1, 2) @ R - torch.eye(3)).abs().sum((1, 2))
    return rotation_angle(R, R_gt).mean() + (t - t_gt).norm(dim=-1).mean() + ortho.mean() + (R - R_gt).sum() * 0.1
