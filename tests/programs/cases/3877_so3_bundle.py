import torch


def hat(v):
    zero = torch.zeros_like(v[..., 0])
    x, y, z = v.unbind(-1)
    return torch.stack([
        torch.stack([zero, -z, y], -1),
        torch.stack([z, zero, -x], -1),
        torch.stack([-y, x, zero], -1),
    ], -2)


def so3_exp(w, eps=1e-6):
    theta2 = (w * w).sum(-1)
    small = theta2 < eps
    theta2_safe = torch.where(small, torch.ones_like(theta2), theta2)
    theta = theta2_safe.sqrt()
    A = torch.where(small, 1 - theta2 / 6, torch.sin(theta) / theta)
    B = torch.where(small, 0.5 - theta2 / 24, (1 - torch.cos(theta)) / theta2_safe)
    K = hat(w)
    I = torch.eye(3, dtype=w.dtype, device=w.device)
    return I + A[..., None, None] * K + B[..., None, None] * (K @ K)


def huber(r, delta=1.0):
    a = r.abs()
    return torch.where(a <= delta, 0.5 * r ** 2, delta * (a - 0.5 * delta))


def pose_loss(omega, pts, obs):
    R = so3_exp(omega)
    moved = torch.einsum("bij,bnj->bni", R, pts)
    return huber(moved - obs).mean()
