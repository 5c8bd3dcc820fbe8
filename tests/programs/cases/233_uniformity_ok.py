import torch
import torch.nn.functional as F


def uniformity(z, t=2.0):
    unit = F.normalize(z, dim=-1, eps=1e-6)
    gaps = torch.pdist(unit, p=2).pow(2)
    return gaps.mul(-t).exp().mean().log() + 0.1 * z.norm(dim=-1).clamp_min(1e-6).log().mean()
