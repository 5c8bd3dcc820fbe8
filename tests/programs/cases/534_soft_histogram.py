import torch


def soft_histogram(x, bins, width=0.1):
    d = (x.reshape(-1, 1) - bins).abs() / width
    return torch.relu(1 - d).sum(0) / x.numel()


def soft_histogram_loss(img, ref, n=8):
    bins = torch.linspace(0, 1, n)
    p, q = soft_histogram(img, bins), soft_histogram(ref, bins)
    cdf = (p.cumsum(0) - q.cumsum(0)).abs().sum()
    hell = (torch.sqrt(p + 1e-8) - torch.sqrt(q + 1e-8)).square().sum()
    return cdf + hell
