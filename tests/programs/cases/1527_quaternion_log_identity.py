import torch
import torch.nn.functional as F


def quaternion_exp_to_log(quaternion, eps=1.0e-8):
    quaternion_scalar, quaternion_vector = quaternion[..., 0:1], quaternion[..., 1:4]
    norm_q = torch.norm(quaternion_vector, p=2, dim=-1, keepdim=True).clamp(min=eps)
    return quaternion_vector * torch.acos(torch.clamp(quaternion_scalar, min=-1.0, max=1.0)) / norm_q


def pose_prior(quats, mean_log):
    unit = F.normalize(quats, dim=-1)
    log = quaternion_exp_to_log(unit)
    return ((log - mean_log) ** 2).sum(-1).mean()
