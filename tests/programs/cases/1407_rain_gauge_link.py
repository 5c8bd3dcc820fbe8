import torch


def stable_link(x, ceiling=80.0):
    """log(1 + exp(x)); large values are put in afterwards."""
    out = torch.log(torch.exp(x) + 1)
    big = x > ceiling
    out[big] = x[big]
    return out


def gauge_nll(intensity, drops):
    rate = stable_link(intensity) + 1e-6
    return (rate - drops * torch.log(rate)).mean()
