import torch


def coverage(lo, hi, y):
    inside = torch.logical_and(y > lo, y < hi)
    return inside.double().mean()


def interval_loss(lo, hi, y, level=0.9, lam=5.0):
    short = torch.relu(level - coverage(lo, hi, y))
    width = (hi - lo).mean()
    return width + lam * short
