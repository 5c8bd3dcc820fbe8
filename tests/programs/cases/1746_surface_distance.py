import torch


def nearest(a, b):
    with torch.no_grad():
        idx = torch.cdist(a, b).argmin(dim=1)
    return b[idx]


def chamfer(a, b):
    there = (a - nearest(a, b)).square().sum(-1).mean()
    back = (b - nearest(b, a)).square().sum(-1).mean()
    return there + back
