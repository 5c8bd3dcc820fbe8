import torch


def rank(v):
    return v.argsort().argsort().float()


def spearman_loss(pred, target):
    a, b = rank(pred), rank(target)
    a = a - a.mean()
    b = b - b.mean()
    return 1 - (a * b).sum() / (a.norm() * b.norm() + 1e-8)
