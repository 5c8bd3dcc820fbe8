import torch
import torch.nn.functional as F


def quat_conj(q):
    return torch.cat([q[..., :1], -q[..., 1:]], dim=-1)


def quat_mul(a, b):
    aw, ax, ay, az = a.unbind(-1)
    bw, bx, by, bz = b.unbind(-1)
    return torch.stack([
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    ], dim=-1)


def geodesic(a, b):
    rel = quat_mul(quat_conj(a), b)
    return 2 * torch.acos(rel[..., 0].abs().clamp(max=1.0))


def pose_error(q_pred, q_gt, t_pred, t_gt, beta=10.0):
    q = F.normalize(q_pred, dim=-1)
    return F.l1_loss(t_pred, t_gt) + beta * geodesic(q, q_gt).mean()
