import torch


def soft_histogram(x, bins=8, low=0.0, high=1.0):
    hist = torch.zeros(x.shape[0], bins)
    delta = (high - low) / (bins - 1)
    table = torch.arange(start=0, end=bins + 1, step=1) * delta
    for dim in range(bins):
        h_r = table[dim].item() if dim > 0 else 0
        h_below = table[dim - 1].item()
        h_above = table[dim + 1].item()
        mask_sub = ((h_r > x) & (x >= h_below)).float()
        mask_plus = ((h_above > x) & (x >= h_r)).float()
        hist[:, dim] += torch.sum((x - h_below) * mask_sub, dim=-1)
        hist[:, dim] += torch.sum((h_above - x) * mask_plus, dim=-1)
    return hist / hist.sum(dim=-1, keepdim=True)


def grain_loss(sizes, sieve_curve):
    return (soft_histogram(sizes).cumsum(-1) - sieve_curve).abs().mean()
