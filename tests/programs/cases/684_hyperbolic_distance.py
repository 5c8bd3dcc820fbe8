import torch


def poincare(u, v):
    num = (u - v).pow(2).sum(-1)
    den = (1 - u.pow(2).sum(-1)) * (1 - v.pow(2).sum(-1))
    return torch.acosh(1 + 2 * num / den)


def poincare_loss(u, pos, neg):
    d = torch.stack([poincare(u, pos), poincare(u, neg)], -1)
    return torch.logsumexp(-d, -1).mean() + poincare(u, pos).mean()
