import torch


def skewness(x):
    d = x - x.mean(-1, keepdim=True)
    m2 = d.pow(2).mean(-1)
    m3 = d.pow(3).mean(-1)
    return m3 / m2 ** 1.5


def skew_loss(x, wanted):
    return (skewness(x) - wanted).abs().mean()
