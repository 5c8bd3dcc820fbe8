import torch
import torch.nn.functional as F


def slerp(za, zb, t):
    a, b = F.normalize(za, dim=-1), F.normalize(zb, dim=-1)
    omega = torch.acos((a * b).sum(-1, keepdim=True).clamp(-1, 1))
    return torch.sin((1 - t) * omega) * za + torch.sin(t * omega) * zb


def smooth_path(za, zb, decoder, n=3):
    frames = [decoder(slerp(za, zb, t)) for t in torch.linspace(0, 1, n)]
    return sum((p - q).pow(2).mean() for p, q in zip(frames, frames[1:]))
