import torch


def smooth_targets_loss(logits, y):
    p = logits.exp()
    for row in p:
        row /= row.sum()
    return -(p[range(len(y)), y] + 1e-8).log().mean()
