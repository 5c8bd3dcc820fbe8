import torch


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


def elu_like(x, y):
    return (elu(x) - y).abs().mean()
