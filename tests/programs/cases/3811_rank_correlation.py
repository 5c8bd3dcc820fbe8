import torch


def to_ranks(v):
    return v.argsort(dim=0).argsort(dim=0).float()


def pearson(a, b, eps=1e-8):
    a = a - a.mean()
    b = b - b.mean()
    return (a * b).sum() / (a.norm() * b.norm() + eps)


def spearman_loss(scores, relevance):
    """1 - Spearman's rho between predicted scores and expert relevance"""
    r_pred = to_ranks(scores)
    r_true = to_ranks(relevance)
    return 1.0 - pearson(r_pred, r_true)
