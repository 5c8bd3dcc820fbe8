import torch


def gini(w):
    x = w.abs()
    diff = (x[:, None] - x[None]).abs().mean()
    return diff / (2 * x.mean() + 1e-8)
