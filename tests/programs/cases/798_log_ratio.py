import torch


def density_ratio_loss(scores, inside):
    logr = torch.log(scores - 1.0)
    logr = logr.masked_fill(scores <= 1.0, 0.0)
    return (logr * inside).sum() / inside.sum()
