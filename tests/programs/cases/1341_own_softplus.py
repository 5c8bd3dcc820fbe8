import torch


def soft_rate(x):
    """log(1 + exp(x)); linear where exp would overflow."""
    f = torch.log(torch.exp(x) + 1)
    big = x > 30
    f[big] = x[big]
    return f


def firing_nll(x, counts):
    rate = soft_rate(x)
    return (rate - counts * torch.log(rate + 1e-8)).mean()
