import torch


def decorrelate_loss(z, lam=5e-3):
    z = (z - z.mean(0)) / (z.std(0) + 1e-5)
    c = (z.T @ z) / z.shape[0]
    on = torch.diagonal(c)
    on_loss = (on - 1).pow(2).sum()
    off = c.pow(2)
    c.fill_diagonal_(0.0)
    off_loss = off.sum() - off.diagonal().sum()
    return on_loss + lam * off_loss
