import torch


def ranks(x):
    return x.argsort().argsort().float()


def pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / (a.norm() * b.norm() + 1e-8)


def spearman_loss(pred, target):
    return 1 - pearson(ranks(pred), ranks(target))
