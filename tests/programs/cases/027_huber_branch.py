import torch


def count_violations(pred, lower, upper):
    outside = torch.logical_or(pred < lower, pred > upper)
    return outside.float().mean()
