import torch
import torch.nn.functional as F


def polar_loss(z, y):
    angle = torch.atan2(z[:, 1], z[:, 0])
    wrap = torch.remainder(angle - y + torch.pi, 2 * torch.pi) - torch.pi
    unit = F.normalize(z, dim=-1)
    align = F.cosine_similarity(z, torch.ones_like(z), dim=-1)
    return wrap.pow(2).mean() + 0.1 * (unit.sum(-1) - align).pow(2).mean()
