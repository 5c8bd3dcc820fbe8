import torch


def group_dispersion(x, group):
    parts = []
    for g in group.unique():
        rows = x[group == g]
        sd = rows.std(dim=0)
        parts.append(torch.where(torch.isnan(sd), torch.zeros_like(sd), sd).sum())
    return torch.stack(parts).mean()
