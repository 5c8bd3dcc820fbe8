import torch


def entropy_of_codes(z, centres):
    nearest = torch.cdist(z, centres).argmin(dim=1)
    counts = torch.bincount(nearest, minlength=len(centres))
    p = counts / counts.sum()
    return (p * torch.log(p + 1e-12)).sum()
