import torch


def sub_pixel(offset, signal, y):
    whole = offset.trunc()
    n = signal.shape[1]
    pos = torch.arange(n, dtype=signal.dtype)
    kernel = torch.exp(-(pos[None] - n / 2 - whole[:, None]) ** 2)
    return ((kernel * signal).sum(1) / kernel.sum(1) - y).pow(2).mean()
