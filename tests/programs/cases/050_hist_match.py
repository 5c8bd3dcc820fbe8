import torch


def histogram(channels, bins=16):
    hist = torch.stack([torch.histc(c, bins=bins, min=0, max=1) for c in channels])
    return hist / hist.sum(dim=1, keepdim=True)


def colour_histogram_loss(img, ref):
    p, q = histogram(img), histogram(ref)
    cdf = (p - q).cumsum(dim=1)
    return cdf.abs().sum(dim=1).mean()
