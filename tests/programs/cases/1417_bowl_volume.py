import math
import torch


def bowl_loss(radius, tilt, volume, eps=1e-7):
    """Spherical caps; some bowls are empty or stand upright."""
    r = torch.nn.functional.softplus(radius) + eps
    lean = torch.acos(torch.cos(tilt).mul(1 - 1e-4))
    height = torch.sqrt((r * r - (0.5 * r) ** 2).clamp(min=eps))
    cap = math.pi * height ** 2 * (3 * r - height) / 3
    ratio = torch.log(cap + eps) - torch.log(volume.clamp(min=eps))
    share = torch.where(volume > 0, ratio, torch.zeros_like(ratio))
    return share.abs().mean() + 0.01 * lean.pow(2).sum() + torch.hypot(r, r + 1).mean()
