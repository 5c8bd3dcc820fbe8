import torch


def over_capacity(density, limit):
    full = torch.ones_like(density)
    return torch.where(density > limit, full, torch.zeros_like(density))


def congestion_cost(density, limit=0.6, width=None):
    crowded = over_capacity(density, limit)
    if width is not None:
        crowded = crowded / width
    return crowded.mean(dim=(-2, -1)).sum()
