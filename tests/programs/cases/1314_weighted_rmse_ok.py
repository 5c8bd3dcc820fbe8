import torch


def weighted_rmse(pred, obs, w, eps=1e-6):
    mse = (w * (pred - obs).square()).sum(-1) / w.sum(-1).clamp(min=eps)
    return (mse + eps).sqrt().mean()
