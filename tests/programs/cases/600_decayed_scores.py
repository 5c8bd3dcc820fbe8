import torch
import torch.nn.functional as F


def soft_suppress(scores, overlap):
    s = scores.sigmoid()
    picked = torch.zeros_like(s, dtype=torch.bool)
    for _ in range(len(s) - 1):
        best = s.detach().masked_fill(picked, -1.0).argmax()
        picked[best] = True
        s = torch.where(picked, s, s * (1 - overlap[best]))
    return s


def suppress_loss(scores, overlap, gold):
    s = soft_suppress(scores, overlap)
    return F.binary_cross_entropy(s.clamp(1e-6, 1 - 1e-6), gold)
