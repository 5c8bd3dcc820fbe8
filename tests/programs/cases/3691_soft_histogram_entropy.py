import torch


def soft_histogram(values, centres, width):
    gap = (values[:, None] - centres[None, :]).abs()
    return torch.relu(1 - gap / width).sum(dim=0)


def entropy_penalty(weights, bins=8):
    """Fewer distinct weights compress better: entropy of their soft histogram."""
    centres = torch.linspace(0, 1, bins)
    counts = soft_histogram(weights, centres, 1.0 / (bins - 1))
    p = counts / counts.sum()
    return -(p * torch.log2(p)).sum()
