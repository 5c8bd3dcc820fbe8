import torch


def nearest(src, dst):
    with torch.no_grad():
        return torch.cdist(src, dst).argmin(dim=1)


def chamfer(a, b):
    ab = b[nearest(a, b)]
    ba = a.index_select(0, nearest(b, a))
    return (a - ab).pow(2).sum(1).mean() + (b - ba).pow(2).sum(1).mean()
