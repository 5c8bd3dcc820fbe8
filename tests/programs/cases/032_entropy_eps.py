import torch


def entropy(p, eps=1e-6):
    return -(p * torch.log(p + eps)).sum(-1)


def info_max(logits, weight=1.0):
    p = logits.softmax(-1)
    conditional = entropy(p).mean()
    marginal = entropy(p.mean(0))
    return conditional - weight * marginal
