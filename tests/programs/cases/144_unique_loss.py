import torch


def palette_size(img, budget):
    levels = torch.unique(img)
    gaps = levels[1:] - levels[:-1]
    return (gaps.mean() - 1.0 / budget).abs()
