import torch


def parallel(r):
    return 1 / (1 / r).sum(dim=-1)


def network_loss(r, wanted):
    r = r.square()
    return (parallel(r) - wanted).abs().mean()
