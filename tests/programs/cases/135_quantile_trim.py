import torch


def trimmed_loss(pred, y, keep=0.8):
    err = (pred - y).abs()
    med = torch.median(err)
    spread = (err - med).abs().median()
    cap = torch.quantile(err, keep)
    k_small = torch.kthvalue(err, 4).values
    inside = err[err <= cap]
    return inside.mean() + 0.1 * spread + 0.01 * (med + k_small)
