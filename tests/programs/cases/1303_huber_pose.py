import torch


def huber_norm(pred, gt, delta=1.0):
    sq = (pred - gt).pow(2).sum(-1)
    small = sq < delta ** 2
    safe = torch.where(small, torch.ones_like(sq), sq)
    return torch.where(small, 0.5 * sq, delta * (safe.sqrt() - 0.5 * delta)).mean()
