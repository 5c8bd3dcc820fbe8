import torch


def safe_ratio_loss(num, den):
    r = num / den
    r = torch.where(den == 0, torch.zeros_like(r), r)
    return (r - 1).pow(2).sum()
