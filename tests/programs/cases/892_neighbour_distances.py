import torch


def pairwise(y):
    diff = y.unsqueeze(1) - y.unsqueeze(0)
    return torch.sqrt(diff.pow(2).sum(dim=-1))


def tsne_like_loss(y, d_high):
    """Sammon stress between the map `y` and the original distances."""
    d_low = pairwise(y)
    off = ~torch.eye(len(y), dtype=torch.bool)
    gap = (d_low - d_high)[off]
    return (gap ** 2 / d_high[off]).mean()
