import torch


def sparse_depth(pred, depth):
    ok = torch.isfinite(depth) & (depth > 0)
    target = torch.nan_to_num(depth, nan=1.0).clamp(min=1e-3)
    g = torch.log(pred.clamp(min=1e-3)) - torch.log(target)
    g = g * ok
    n = ok.sum()
    return (g ** 2).sum() / n - 0.85 * (g.sum() / n) ** 2
