import torch


def nan_aware_l1(pred, target):
    seen = ~torch.isnan(target)
    diff = pred[seen] - target[seen]
    huber = torch.where(diff.abs() < 1.0, 0.5 * diff ** 2, diff.abs() - 0.5)
    return huber.sum() / seen.sum()
